import { hasDefinition } from '../schema/catalogue.ts';
import { capitalize, groupVersionWords, tagOf, withArticle } from './openapi-names.ts';
import { groupPath, type KindOf, type OpenApiResource } from './openapi-resource.ts';
import {
  CUSTOM_GET_QUERY,
  CUSTOM_PATCH_TYPES,
  DELETE_QUERY,
  GET_QUERY,
  JSON_TYPES,
  LIST_QUERY,
  LIST_TYPES,
  OBJECT_TYPES,
  type Operation,
  type OperationMethod,
  PATCH_TYPES,
  WRITE_QUERY,
} from './operation.ts';
import { CONNECT_QUERY, LOG_QUERY } from './stream-query.ts';

const META = 'io.k8s.apimachinery.pkg.apis.meta.v1';
const DELETE_OPTIONS = `${META}.DeleteOptions`;
const STATUS = `${META}.Status`;
const PATCH = `${META}.Patch`;
const WATCH_EVENT = `${META}.WatchEvent`;
const ANY = ['*/*'];
const SCALE: KindOf = {
  group: 'autoscaling',
  version: 'v1',
  kind: 'Scale',
  definition: 'io.k8s.api.autoscaling.v1.Scale',
};

/** What a subresource adds to paths, ids and sentences. */
interface Below {
  readonly name: string;
  readonly kind: KindOf;
}

/** servedDefinition is the name of a definition in documents: kinds that are served in several versions have one each. */
function servedDefinition({ definition, type, schemas }: OpenApiResource): string {
  return schemas ? definition : definition.replace(/\.v1\.(\w+)$/, `.${type.version}.$1`);
}

class Writer {
  readonly #resource: OpenApiResource;
  readonly #definition: string;
  readonly #words: string;
  readonly #scope: string;
  readonly #custom: boolean;
  readonly #collection: string;
  readonly operations: Operation[] = [];

  constructor(resource: OpenApiResource) {
    const { type } = resource;
    this.#resource = resource;
    this.#definition = type.version === 'v1' ? resource.definition : servedDefinition(resource);
    this.#words = groupVersionWords(type);
    this.#scope = type.namespaced ? 'Namespaced' : '';
    this.#custom = resource.schemas !== undefined;
    this.#collection = `${type.namespaced ? 'namespaces/{namespace}/' : ''}${type.resource}`;
  }

  #has(verb: string): boolean {
    const { storage } = this.#resource;
    return storage === undefined || verb in storage;
  }

  get #list(): string {
    const name = `${this.#definition}List`;
    const isKnown = this.#custom || hasDefinition(`${this.#resource.definition}List`);
    return isKnown ? name : this.#definition;
  }

  #add(
    path: string,
    method: OperationMethod,
    rest: Pick<Operation, 'id' | 'description' | 'output'> &
      Partial<Operation> & { action: string; kind?: KindOf },
  ): void {
    const { type } = this.#resource;
    const { action, kind, ...more } = rest;
    const { group, version, kind: name } = (this.#custom ? undefined : kind) ?? type;
    this.operations.push({
      path: `/${groupPath(type)}/${path}`,
      method,
      tag: tagOf(type),
      acts: { action, kind: { group, version, kind: name } },
      ofKind: name,
      inputTypes: this.#custom ? JSON_TYPES : ANY,
      needsInput: method !== 'delete',
      outputTypes: this.#custom ? JSON_TYPES : OBJECT_TYPES,
      codes: [200],
      query: GET_QUERY,
      texts: 'parameters',
      ...more,
    });
  }

  #listing(path: string, id: string): void {
    const { kind } = this.#resource.type;
    const canWatch = this.#has('watch') && !this.#custom;
    this.#add(path, 'get', {
      action: 'list',
      id,
      description: `list ${canWatch ? 'or watch ' : ''}objects of kind ${kind}`,
      output: this.#list,
      outputTypes: this.#custom ? JSON_TYPES : LIST_TYPES,
      query: LIST_QUERY,
    });
  }

  collection(): void {
    const { type, strategy } = this.#resource;
    const path = this.#collection;
    const [words, scope] = [this.#words, this.#scope];
    if (this.#has('list')) this.#listing(path, `list${words}${scope}${type.kind}`);
    if (this.#has('create')) this.#create();
    if (this.#has('deleteCollection') && !strategy?.noDeleteCollection) {
      const watching = this.#custom ? [] : ['allowWatchBookmarks', 'watch'];
      this.#add(path, 'delete', {
        action: 'deletecollection',
        id: `delete${words}Collection${scope}${type.kind}`,
        description: `delete collection of ${type.kind}`,
        output: STATUS,
        ...(!this.#custom && { input: DELETE_OPTIONS }),
        query: [
          ...new Set([
            ...LIST_QUERY.filter((one) => !watching.includes(one)),
            ...(this.#custom ? [] : DELETE_QUERY),
          ]),
        ],
      });
    }
    if (type.namespaced && this.#has('list')) {
      this.#listing(type.resource, `list${words}${type.kind}ForAllNamespaces`);
    }
  }

  #create(): void {
    const { type } = this.#resource;
    this.#add(this.#collection, 'post', {
      action: 'post',
      id: `create${this.#words}${this.#scope}${type.kind}`,
      description: `create ${withArticle(type.kind)}`,
      input: this.#definition,
      output: this.#definition,
      codes: [200, 201, 202],
      query: WRITE_QUERY,
    });
  }

  item(): void {
    const { type, strategy } = this.#resource;
    if (this.#has('get')) this.#read();
    if (this.#has('update')) this.#replace();
    if (this.#has('delete')) {
      this.#add(`${this.#collection}/{name}`, 'delete', {
        action: 'delete',
        id: `delete${this.#words}${this.#scope}${type.kind}`,
        description: `delete ${withArticle(type.kind)}`,
        input: DELETE_OPTIONS,
        output:
          strategy?.returnsDeletedObject && !strategy.holdsDeletion ? this.#definition : STATUS,
        codes: [200, 202],
        query: DELETE_QUERY,
      });
    }
    if (this.#has('update')) this.#patch();
  }

  #id(verb: string, below: Below | undefined): string {
    const { kind } = this.#resource.type;
    return `${verb}${this.#words}${this.#scope}${kind}${capitalize(below?.name ?? '')}`;
  }

  #path(below: Below | undefined): string {
    return `${this.#collection}/{name}${below ? `/${below.name}` : ''}`;
  }

  #specified(below: Below | undefined): string {
    const { kind } = this.#resource.type;
    return below ? `${below.name} of the specified ${kind}` : `the specified ${kind}`;
  }

  #read(below?: Below): void {
    this.#add(this.#path(below), 'get', {
      action: 'get',
      id: this.#id('read', below),
      description: `read ${this.#specified(below)}`,
      output: below?.kind.definition ?? this.#definition,
      query: this.#custom ? CUSTOM_GET_QUERY : GET_QUERY,
      ...(below && { kind: below.kind }),
    });
  }

  #replace(below?: Below): void {
    const definition = below?.kind.definition ?? this.#definition;
    this.#add(this.#path(below), 'put', {
      action: 'put',
      id: this.#id('replace', below),
      description: `replace ${this.#specified(below)}`,
      input: definition,
      output: definition,
      codes: [200, 201],
      query: WRITE_QUERY,
      ...(below && { kind: below.kind }),
    });
  }

  #patch(below?: Below): void {
    this.#add(this.#path(below), 'patch', {
      action: 'patch',
      id: this.#id('patch', below),
      description: `partially update ${this.#specified(below)}`,
      input: PATCH,
      inputTypes: this.#custom ? CUSTOM_PATCH_TYPES : PATCH_TYPES,
      output: below?.kind.definition ?? this.#definition,
      codes: this.#custom ? [200] : [200, 201],
      query: [...WRITE_QUERY, 'force'],
      texts: 'parameters/patch',
      ...(below && { kind: below.kind }),
    });
  }

  #createBelow({ name, kind }: Below): void {
    const below = { name, kind };
    this.#add(this.#path(below), 'post', {
      action: 'post',
      id: this.#id('create', below),
      description: `create ${name} of ${withArticle(this.#resource.type.kind)}`,
      input: kind.definition,
      output: kind.definition,
      kind,
      codes: [200, 201, 202],
      query: WRITE_QUERY,
    });
  }

  #connect(below: Below, methods: readonly string[]): void {
    const { kind } = this.#resource.type;
    const paths = [
      { path: this.#path(below), end: '' },
      ...(below.name === 'proxy' ? [{ path: `${this.#path(below)}/{path}`, end: 'WithPath' }] : []),
    ];
    for (const { path, end } of paths) {
      for (const method of methods) {
        const verb = `connect${this.#words}${capitalize(method.toLowerCase())}`;
        this.#add(path, method.toLowerCase() as OperationMethod, {
          action: 'connect',
          id: `${verb}${this.#scope}${kind}${capitalize(below.name)}${end}`,
          description: `connect ${method} requests to ${below.name} of ${kind}`,
          output: '',
          outputTypes: ANY,
          kind: below.kind,
          ofKind: below.kind.kind,
          query: CONNECT_QUERY[below.kind.kind] ?? [],
          texts: `parameters/${below.kind.kind}`,
        });
      }
    }
  }

  #log(below: Below): void {
    this.#add(this.#path(below), 'get', {
      action: 'get',
      id: this.#id('read', below),
      description: `read ${this.#specified(below)}`,
      output: '',
      outputTypes: ['text/plain', ...OBJECT_TYPES],
      query: LOG_QUERY,
      texts: 'parameters/log',
    });
  }

  subresources(): void {
    const { type } = this.#resource;
    const own: KindOf = { ...type, definition: this.#definition };
    for (const [name, one] of Object.entries(this.#resource.subresources ?? {})) {
      if (one.kind === 'create') this.#createBelow({ name, kind: one.input ?? own });
      else if (one.kind === 'get') this.#read({ name, kind: one.output ?? own });
      else if (one.kind === 'connect') {
        const kind = { ...own, kind: one.outputKind ?? type.kind };
        if (name === 'log') this.#log({ name, kind: own });
        else this.#connect({ name, kind }, one.methods ?? []);
      } else {
        const below = { name, kind: one.kind === 'scale' ? SCALE : own };
        if (!one.putOnly) this.#read(below);
        this.#replace(below);
        if (!one.putOnly) this.#patch(below);
      }
    }
  }

  /** The old paths of watches, which are told of but not to be used. */
  watches(): void {
    const { type } = this.#resource;
    if (this.#custom || !this.#has('watch')) return;
    const list = (path: string, id: string) =>
      this.#add(path, 'get', {
        action: 'watchlist',
        id,
        description: `watch individual changes to a list of ${type.kind}. deprecated: use the 'watch' parameter with a list operation instead.`,
        output: WATCH_EVENT,
        outputTypes: LIST_TYPES,
        query: LIST_QUERY,
      });
    const words = `watch${this.#words}`;
    list(`watch/${this.#collection}`, `${words}${this.#scope}${type.kind}List`);
    if (this.#has('get')) {
      this.#add(`watch/${this.#collection}/{name}`, 'get', {
        action: 'watch',
        id: `${words}${this.#scope}${type.kind}`,
        description: `watch changes to an object of kind ${type.kind}. deprecated: use the 'watch' parameter with a list operation instead, filtered to a single item with the 'fieldSelector' parameter.`,
        output: WATCH_EVENT,
        outputTypes: LIST_TYPES,
        query: LIST_QUERY,
      });
    }
    if (type.namespaced) list(`watch/${type.resource}`, `${words}${type.kind}ListForAllNamespaces`);
  }
}

/** operationsOf are all operations of a resource and its subresources. */
export function operationsOf(resource: OpenApiResource): Operation[] {
  const writer = new Writer(resource);
  writer.collection();
  writer.item();
  writer.subresources();
  writer.watches();
  return writer.operations;
}
