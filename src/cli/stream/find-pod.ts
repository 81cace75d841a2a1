import type { Pod } from '../../apis/core/v1/types.ts';
import { PODS } from '../../apis/resource-types.ts';
import { selectorObjectText } from '../../machinery/labels.ts';
import type { LabelSelector } from '../../machinery/meta/v1.ts';
import type { KubeObject } from '../../machinery/object.ts';
import { newBadRequest } from '../../machinery/status-error.ts';
import { CliError } from '../cli-error.ts';
import type { Invocation } from '../command.ts';
import { parseTargets } from '../resources/targets.ts';

interface Selecting {
  readonly spec?: { readonly selector?: LabelSelector | Record<string, string> };
}

/** podSelectorOf is the selector of the pods of a controller or service as text; empty without one. */
export function podSelectorOf(object: KubeObject): string {
  const { selector } = (object as Selecting).spec ?? {};
  if (!selector || Object.keys(selector).length === 0) return '';
  const isSet = Object.values(selector).every((value) => typeof value === 'string');
  const text = selectorObjectText(
    isSet ? { matchLabels: selector as Record<string, string> } : (selector as LabelSelector),
  );
  return text === '<none>' ? '' : text;
}

async function podOf(object: KubeObject, { session }: Invocation): Promise<Pod> {
  const labelSelector = podSelectorOf(object);
  const name = `${object.kind.toLowerCase()}/${object.metadata.name}`;
  if (labelSelector === '')
    throw new CliError(`cannot attach to *v1.${object.kind}: selector for ${name} not implemented`);
  const client = await session.client();
  const { items } = await client.list(PODS, { namespace: session.namespace(), labelSelector });
  const running = items.filter(({ status }) => status?.phase === 'Running');
  const ready = running.find(({ status }) =>
    status?.conditions?.some(({ type, status: state }) => type === 'Ready' && state === 'True'),
  );
  const found = ready ?? running[0] ?? items[0];
  if (!found) throw new CliError(`no pods found for ${name}`);
  return found;
}

/** findPod gets the pod that `POD`, `TYPE/NAME` or `TYPE NAME` means: of a controller, its best one. */
export async function findPod(text: string, invocation: Invocation): Promise<Pod> {
  const { session, io } = invocation;
  const client = await session.client();
  const namespace = session.namespace();
  if (!text.includes('/')) return client.get(PODS, { namespace, name: text });
  const targets = await parseTargets([text], session.discovery, { program: io.program });
  const [target] = targets.by === 'name' ? targets.items : [];
  if (!target) throw new CliError('pod, type/name or --filename must be specified');
  const object = await client.get(target.mapping, { namespace, name: target.name });
  return target.mapping.resource === 'pods' ? (object as Pod) : podOf(object, invocation);
}

/** containerOf chooses the container of a pod: the named one, the annotated default, or the first. */
export function containerOf(pod: Pod, asked: string, { io, flags }: Invocation): string {
  const own = (pod.spec?.containers ?? []).map(({ name }) => name);
  const all = [...own, ...(pod.spec?.initContainers ?? []).map(({ name }) => name)];
  if (asked !== '') {
    if (!all.includes(asked))
      throw newBadRequest(`container ${asked} is not valid for pod ${pod.metadata.name}`);
    return asked;
  }
  const preferred = pod.metadata.annotations?.['kubectl.kubernetes.io/default-container'];
  if (preferred && own.includes(preferred)) return preferred;
  const [first = ''] = own;
  const isQuiet = flags.has('quiet') && flags.bool('quiet');
  if (all.length > 1 && !isQuiet)
    io.err(
      `Defaulted container ${JSON.stringify(first)} out of: ${all.map((name) => (own.includes(name) ? name : `${name} (init)`)).join(', ')}\n`,
    );
  return first;
}

/** checkRunning throws when nothing can run in a pod because it is over. */
export function checkRunning({ status }: Pod): void {
  const phase = status?.phase ?? '';
  if (phase === 'Succeeded' || phase === 'Failed')
    throw new CliError(
      `cannot exec into a container in a completed pod; current phase is ${phase}`,
    );
}
