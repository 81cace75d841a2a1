import type { Discovery } from '../../../client/discovery.ts';
import type { ControllerDeps } from '../../../controller-kit/controller.ts';
import { groupResource, type ResourceType } from '../../../machinery/object.ts';
import { affectedBy, graphNode, type ObjectGraph } from './object-graph.ts';

/** New resources (and failed discoveries) are looked for so often, as upstream. */
const DISCOVERY_MS = 30_000;
/** After a failed discovery it is tried again so soon. */
const RETRY_MS = 1000;

/** Views of other objects and short-lived records own nothing and are owned by nothing. */
const IGNORED = new Set([
  'events',
  'events.events.k8s.io',
  'projects.project.openshift.io',
  'imagestreamtags.image.openshift.io',
  'imagetags.image.openshift.io',
  'imagestreamimages.image.openshift.io',
]);
const IGNORED_GROUPS = new Set(['authorization.openshift.io', 'metrics.k8s.io']);

/** ResourceMonitor keeps the graph equal to what the API serves, for all resources of discovery. */
export class ResourceMonitor {
  readonly #deps: ControllerDeps;
  readonly #graph: ObjectGraph;
  readonly #discover: () => Promise<Discovery>;
  readonly #watched = new Map<string, ResourceType>();
  readonly #pending = new Set<string>();
  /** The uids of objects with an owner of a kind that is not known. */
  readonly #undecided = new Set<string>();
  #known: readonly ResourceType[] = [];
  #discovered = false;
  #stopped = false;
  #cancel: () => void = () => undefined;

  constructor(deps: ControllerDeps, graph: ObjectGraph, discover: () => Promise<Discovery>) {
    this.#deps = deps;
    this.#graph = graph;
    this.#discover = discover;
  }

  /** complete tells whether the graph has the first list of every resource. */
  get complete(): boolean {
    return this.#discovered && this.#pending.size === 0;
  }

  /** typeOf finds the resource of an owner reference; undefined when the API does not serve it. */
  typeOf(apiVersion: string, kind: string): ResourceType | undefined {
    const group = apiVersion.includes('/') ? apiVersion.split('/')[0] : '';
    return this.#known.find((type) => type.kind === kind && type.group === group);
  }

  /** decideLater has an object looked at again when there are new kinds: one may be its owner's. */
  decideLater(uid: string): void {
    this.#undecided.add(uid);
  }

  /** start watches until stop(); `enqueue` gets the uids to look at. */
  start(enqueue: (uid: string) => void): void {
    this.#refresh(enqueue).then(
      () => this.#again(DISCOVERY_MS, enqueue),
      (error: unknown) => {
        this.#deps.log.warn({ err: error }, 'the garbage collector cannot discover resources');
        this.#again(RETRY_MS, enqueue);
      },
    );
  }

  stop(): void {
    this.#stopped = true;
    this.#cancel();
  }

  #again(ms: number, enqueue: (uid: string) => void): void {
    if (this.#stopped) return;
    this.#cancel = this.#deps.clock.setTimer(ms, () => this.start(enqueue));
  }

  async #refresh(enqueue: (uid: string) => void): Promise<void> {
    const { resources } = await this.#discover();
    const before = new Set(this.#known.map(groupResource));
    this.#known = resources.map(({ type }) => type);
    const hasNew = this.#known.some((type) => !before.has(groupResource(type)));
    for (const uid of this.#undecided) {
      if (!hasNew && this.#graph.get(uid)) continue;
      this.#undecided.delete(uid);
      enqueue(uid);
    }
    for (const { type, verbs } of resources) {
      const watchable = ['list', 'watch', 'delete'].every((verb) => verbs.includes(verb));
      if (watchable && !isIgnored(type)) this.#watch(type, enqueue);
    }
    // What is gone is neither waited for nor asked for again, and its objects are not known any more.
    const served = new Set(this.#known.map(groupResource));
    for (const [key, type] of this.#watched) {
      if (served.has(key)) continue;
      this.#watched.delete(key);
      this.#pending.delete(key);
      this.#deps.informers.forget(type);
      for (const { uid } of this.#graph.ofResource(type)) this.#remove(uid, enqueue);
    }
    this.#discovered = true;
  }

  #watch(type: ResourceType, enqueue: (uid: string) => void): void {
    const key = groupResource(type);
    if (this.#watched.has(key)) return;
    this.#watched.set(key, type);
    this.#pending.add(key);
    const informer = this.#deps.informers.informer(type);
    informer.onChange(({ current, previous }) => {
      if (this.#stopped) return;
      // A name that was deleted and made again between two lists comes as one change of uid.
      const replaced = previous && previous.metadata.uid !== current?.metadata.uid;
      if (replaced) this.#remove(previous.metadata.uid ?? '', enqueue);
      if (!current) return;
      const node = graphNode(type, current);
      const before = this.#graph.put(node);
      for (const uid of affectedBy(this.#graph, before, node)) enqueue(uid);
    });
    informer.synced().then(() => this.#pending.delete(key));
  }

  #remove(uid: string, enqueue: (uid: string) => void): void {
    const removed = this.#graph.remove(uid);
    if (!removed) return;
    for (const one of affectedBy(this.#graph, removed, undefined)) enqueue(one);
  }
}

function isIgnored(type: ResourceType): boolean {
  return IGNORED.has(groupResource(type)) || IGNORED_GROUPS.has(type.group);
}
