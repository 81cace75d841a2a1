import { hasDefinition } from '../schema/catalogue.ts';
import { groupPath, type Json, type KindOf, type OpenApiResource } from './openapi-resource.ts';

/** Operation is one method of one path, before a version of OpenAPI writes it down. */
export interface Operation {
  readonly path: string;
  readonly method: 'get' | 'put' | 'post' | 'delete' | 'patch' | 'options' | 'head';
  /** `list`, `get`, `post`, …, as `x-kubernetes-action` spells it. */
  readonly action: string;
  readonly id: string;
  readonly description: string;
  readonly kind: KindOf;
  /** The definition of the body, if it has one. */
  readonly input?: string;
  readonly output: string;
  /** Names of query parameters. */
  readonly query: readonly string[];
  /** True for a kind that the catalogue does not have: it knows no strategic merge patch. */
  readonly isCustom: boolean;
}

const DELETE_OPTIONS = 'io.k8s.apimachinery.pkg.apis.meta.v1.DeleteOptions';
const STATUS = 'io.k8s.apimachinery.pkg.apis.meta.v1.Status';
const PATCH = 'io.k8s.apimachinery.pkg.apis.meta.v1.Patch';
const SCALE: KindOf = {
  group: 'autoscaling',
  version: 'v1',
  kind: 'Scale',
  definition: 'io.k8s.api.autoscaling.v1.Scale',
};

const WRITE_QUERY = ['dryRun', 'fieldManager', 'fieldValidation'];
const LIST_QUERY = [
  'allowWatchBookmarks',
  'continue',
  'fieldSelector',
  'labelSelector',
  'limit',
  'resourceVersion',
  'resourceVersionMatch',
  'sendInitialEvents',
  'timeoutSeconds',
  'watch',
];
const DELETE_QUERY = ['dryRun', 'gracePeriodSeconds', 'orphanDependents', 'propagationPolicy'];

type Method = Operation['method'];

interface Verb {
  readonly verb: string;
  readonly method: Method;
  readonly action: string;
  readonly text: string;
  readonly query: readonly string[];
}

const COLLECTION_VERBS: readonly Verb[] = [
  {
    verb: 'list',
    method: 'get',
    action: 'list',
    text: 'list or watch objects of kind',
    query: LIST_QUERY,
  },
  { verb: 'create', method: 'post', action: 'post', text: 'create a', query: WRITE_QUERY },
  {
    verb: 'deleteCollection',
    method: 'delete',
    action: 'deletecollection',
    text: 'delete collection of',
    query: [...LIST_QUERY.filter((one) => one !== 'watch'), ...DELETE_QUERY],
  },
];

const ITEM_VERBS: readonly Verb[] = [
  { verb: 'get', method: 'get', action: 'get', text: 'read the specified', query: [] },
  {
    verb: 'update',
    method: 'put',
    action: 'put',
    text: 'replace the specified',
    query: WRITE_QUERY,
  },
  { verb: 'delete', method: 'delete', action: 'delete', text: 'delete a', query: DELETE_QUERY },
  {
    verb: 'update',
    method: 'patch',
    action: 'patch',
    text: 'partially update the specified',
    query: [...WRITE_QUERY, 'force'],
  },
];

const ID_VERBS: Readonly<Record<string, string>> = {
  list: 'list',
  post: 'create',
  deletecollection: 'deleteCollection',
  get: 'read',
  put: 'replace',
  delete: 'delete',
  patch: 'patch',
  connect: 'connect',
};

function capitalize(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function groupWord({ group, version }: { group: string; version: string }): string {
  const first = group === '' ? 'core' : (group.split('.')[0] ?? '');
  return `${capitalize(first)}${capitalize(version)}`;
}

function listOf({ definition, schemas }: OpenApiResource): string {
  return schemas || hasDefinition(`${definition}List`) ? `${definition}List` : definition;
}

class Writer {
  readonly #resource: OpenApiResource;
  readonly #base: string;
  readonly #kind: KindOf;
  readonly operations: Operation[] = [];

  constructor(resource: OpenApiResource) {
    this.#resource = resource;
    const { type, definition } = resource;
    this.#base = `/${groupPath(type)}/${type.namespaced ? 'namespaces/{namespace}/' : ''}${type.resource}`;
    this.#kind = { group: type.group, version: type.version, kind: type.kind, definition };
  }

  get #isCustom(): boolean {
    return this.#resource.schemas !== undefined;
  }

  #has(verb: string): boolean {
    const { storage } = this.#resource;
    return storage === undefined || verb in storage;
  }

  #id(verb: string, suffix = ''): string {
    const { type } = this.#resource;
    const scope = type.namespaced ? 'Namespaced' : '';
    return `${ID_VERBS[verb] ?? verb}${groupWord(type)}${scope}${type.kind}${suffix}`;
  }

  #add(path: string, verb: Verb, more: { input?: string; output: string }): void {
    this.operations.push({
      path,
      method: verb.method,
      action: verb.action,
      id: this.#id(verb.action),
      description: `${verb.text} ${this.#kind.kind}`,
      kind: this.#kind,
      query: verb.query,
      isCustom: this.#isCustom,
      ...more,
    });
  }

  collection(): void {
    const { definition, type } = this.#resource;
    for (const verb of COLLECTION_VERBS.filter((one) => this.#has(one.verb))) {
      const output =
        verb.action === 'list'
          ? listOf(this.#resource)
          : verb.action === 'post'
            ? definition
            : STATUS;
      const input =
        verb.action === 'post' ? definition : verb.action === 'list' ? undefined : DELETE_OPTIONS;
      this.#add(this.#base, verb, { output, ...(input === undefined ? {} : { input }) });
      if (verb.action === 'list' && type.namespaced)
        this.operations.push({
          path: `/${groupPath(type)}/${type.resource}`,
          method: 'get',
          action: 'list',
          id: `list${groupWord(type)}${type.kind}ForAllNamespaces`,
          description: `list or watch objects of kind ${type.kind}`,
          kind: this.#kind,
          output,
          query: verb.query,
          isCustom: this.#isCustom,
        });
    }
  }

  item(): void {
    const { definition } = this.#resource;
    for (const verb of ITEM_VERBS.filter((one) => this.#has(one.verb))) {
      const inputs: Partial<Record<string, string>> = {
        put: definition,
        patch: PATCH,
        delete: DELETE_OPTIONS,
      };
      const input = inputs[verb.action];
      const output = verb.action === 'delete' ? STATUS : definition;
      this.#add(`${this.#base}/{name}`, verb, {
        output,
        ...(input === undefined ? {} : { input }),
      });
    }
  }

  #below(
    name: string,
    method: Method,
    rest: { kind: KindOf; input?: string; output: string; action?: string },
  ): void {
    const action = rest.action ?? method;
    const verb = ITEM_VERBS.find((one) => one.method === method);
    const { kind, input, output } = rest;
    this.operations.push({
      path: `${this.#base}/{name}/${name}`,
      method,
      action,
      id: this.#id(action, `${action === 'connect' ? capitalize(method) : ''}${capitalize(name)}`),
      description: `${verb?.text ?? method} ${name} of the specified ${this.#kind.kind}`,
      kind,
      output,
      query: action === 'connect' ? [] : (verb?.query ?? WRITE_QUERY),
      isCustom: this.#isCustom,
      ...(input === undefined ? {} : { input }),
    });
  }

  subresources(): void {
    for (const [name, one] of Object.entries(this.#resource.subresources ?? {})) {
      if (one.kind === 'create') {
        const kind = one.input ?? this.#kind;
        this.#below(name, 'post', { kind, input: kind.definition, output: kind.definition });
      } else if (one.kind === 'get') {
        const kind = one.output ?? this.#kind;
        this.#below(name, 'get', { kind, output: kind.definition });
      } else if (one.kind === 'connect') {
        for (const method of one.methods ?? [])
          this.#below(name, method.toLowerCase() as Method, {
            kind: this.#kind,
            output: '',
            action: name === 'log' ? 'get' : 'connect',
          });
      } else {
        const kind = one.kind === 'scale' ? SCALE : this.#kind;
        const { definition } = kind;
        this.#below(name, 'get', { kind, output: definition });
        this.#below(name, 'put', { kind, input: definition, output: definition });
        this.#below(name, 'patch', { kind, input: PATCH, output: definition });
      }
    }
  }
}

/** operationsOf are all operations of a resource and its subresources. */
export function operationsOf(resource: OpenApiResource): Operation[] {
  const writer = new Writer(resource);
  writer.collection();
  writer.item();
  writer.subresources();
  return writer.operations;
}

const STRATEGIC = 'application/strategic-merge-patch+json';

/** patchTypesOf are the media types of patches that an operation takes. */
export function patchTypesOf({ isCustom }: Operation): string[] {
  return isCustom ? PATCH_TYPES.filter((one) => one !== STRATEGIC) : PATCH_TYPES;
}

const PATCH_TYPES = [
  'application/json-patch+json',
  'application/merge-patch+json',
  STRATEGIC,
  'application/apply-patch+yaml',
];

/** MEDIA_TYPES are the media types of answers. */
export const MEDIA_TYPES = ['application/json', 'application/yaml'];

const TEXTS: Readonly<Record<string, string>> = {
  dryRun:
    'When present, indicates that modifications should not be persisted. Valid values are: All',
  fieldManager: 'The name of the actor or entity that is making these changes.',
  fieldValidation:
    'What to do about unknown and duplicate fields. Valid values are: Ignore, Warn, Strict',
  force: 'Take over fields that other managers own. Only for apply patches.',
  fieldSelector: 'Restricts the objects by their fields. Defaults to everything.',
  labelSelector: 'Restricts the objects by their labels. Defaults to everything.',
  limit: 'The greatest number of objects that one answer holds.',
  continue: 'Goes on where the list ended that answered this token.',
  watch: 'Streams changes instead of listing.',
  gracePeriodSeconds: 'The seconds before the object is deleted. Zero deletes at once.',
  propagationPolicy: 'What happens to dependents. One of Orphan, Background, Foreground',
};

const INTEGERS = new Set(['gracePeriodSeconds', 'limit', 'timeoutSeconds']);
const BOOLEANS = new Set([
  'allowWatchBookmarks',
  'force',
  'orphanDependents',
  'sendInitialEvents',
  'watch',
]);

/** Parameter is a path or query parameter. */
export interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query';
  readonly description: string;
  readonly type: 'string' | 'integer' | 'boolean';
}

/** parametersOf are the path and query parameters of an operation. */
export function parametersOf(operation: Operation): Parameter[] {
  const inPath = [...operation.path.matchAll(/\{(\w+)\}/g)].map(
    ([, name = '']): Parameter => ({
      name,
      in: 'path',
      description:
        name === 'namespace'
          ? 'object name and auth scope, such as for teams and projects'
          : `name of the ${operation.kind.kind}`,
      type: 'string',
    }),
  );
  const inQuery = operation.query.map(
    (name): Parameter => ({
      name,
      in: 'query',
      description: TEXTS[name] ?? '',
      type: INTEGERS.has(name) ? 'integer' : BOOLEANS.has(name) ? 'boolean' : 'string',
    }),
  );
  return [...inPath, ...inQuery];
}

/** kindExtension is the `x-kubernetes-group-version-kind` of an operation. */
export function kindExtension({ kind }: Operation): Json {
  return { group: kind.group, kind: kind.kind, version: kind.version };
}
