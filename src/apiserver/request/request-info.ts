import { exactField, parseFieldSelector } from '../../machinery/fields.ts';
import { SelectorError } from '../../machinery/labels.ts';

/** RequestInfo is what the method and the path of a request say (k8s.io/apiserver RequestInfo). */
export interface RequestInfo {
  readonly isResource: boolean;
  readonly path: string;
  /** get, list, watch, proxy, create, update, patch, delete, deletecollection; else the method in lower case. */
  readonly verb: string;
  readonly group: string;
  readonly version: string;
  readonly namespace: string;
  readonly resource: string;
  readonly subresource: string;
  readonly name: string;
  /** The one name that a list or watch selects, where it does: authorization looks at it. */
  readonly selectedName: string;
  /** The field selector of a list or watch, as it was sent. */
  readonly fieldSelector: string;
  /** The label selector of a list or watch, as it was sent. */
  readonly labelSelector: string;
  /** What follows the subresource, beginning with `/`, or empty. */
  readonly subpath: string;
}

const NAMESPACE_SUBRESOURCES = new Set(['status', 'finalize']);

const VERBS: Readonly<Record<string, string>> = {
  POST: 'create',
  GET: 'get',
  HEAD: 'get',
  PUT: 'update',
  PATCH: 'patch',
  DELETE: 'delete',
};

/** decodedPath reads the escapes of a path: a slash or dot that is escaped is one all the same, as in Go. */
function decodedPath(path: string): string {
  if (!path.includes('%')) return path;
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

/** segmentsOf splits a path; slashes at its ends mean nothing, others leave a segment empty. */
function segmentsOf(path: string): string[] {
  let end = path.length;
  while (end > 1 && path[end - 1] === '/') end -= 1;
  return path.slice(1, end).split('/');
}

function nonResource(method: string, path: string): RequestInfo {
  return {
    isResource: false,
    path,
    verb: method.toLowerCase(),
    group: '',
    version: '',
    namespace: '',
    resource: '',
    subresource: '',
    name: '',
    selectedName: '',
    fieldSelector: '',
    labelSelector: '',
    subpath: '',
  };
}

function isWatch(query: URLSearchParams): boolean {
  const value = query.get('watch');
  return value !== null && value !== 'false' && value !== '0';
}

function verbOf(method: string, name: string, query: URLSearchParams): string {
  const verb = VERBS[method] ?? '';
  if (name !== '') return verb;
  if (verb === 'get') return isWatch(query) ? 'watch' : 'list';
  return verb === 'delete' ? 'deletecollection' : verb;
}

/** selectedName is the one name that a field selector demands; none, where it cannot be one of a path. */
function selectedName(query: URLSearchParams): string {
  const selector = query.get('fieldSelector') ?? '';
  if (selector === '') return '';
  try {
    const name = exactField(parseFieldSelector(selector), 'metadata.name') ?? '';
    return name === '.' || name === '..' || /[/%]/.test(name) ? '' : name;
  } catch (error) {
    // What is wrong with it is told to who may list.
    if (error instanceof SelectorError) return '';
    throw error;
  }
}

/** SPECIAL are the verbs that a path can begin with; nothing serves the second one. */
const SPECIAL: readonly string[] = ['watch', 'proxy'];

/** parseRequest reads method, path and query; a path that names no resource is a non-resource one. */
export function parseRequest(method: string, target: string, query: URLSearchParams): RequestInfo {
  const path = decodedPath(target);
  const parts = segmentsOf(path);
  const isCore = parts[0] === 'api';
  const rest = parts.slice(isCore ? 2 : 3);
  if ((!isCore && parts[0] !== 'apis') || rest.length === 0) return nonResource(method, path);
  const special = rest.length > 1 ? SPECIAL.find((one) => one === rest[0]) : undefined;
  if (special) rest.shift();
  let namespace = '';
  if (rest[0] === 'namespaces' && rest[1] !== undefined) {
    namespace = rest[1];
    if (rest[2] !== undefined && !NAMESPACE_SUBRESOURCES.has(rest[2])) rest.splice(0, 2);
  }
  const [resource = '', name = '', subresource = '', ...more] = rest;
  const group = isCore ? '' : (parts[1] ?? '');
  const version = (isCore ? parts[1] : parts[2]) ?? '';
  if (resource === '' || version === '' || (!isCore && group === ''))
    return nonResource(method, path);
  if (namespace === '' && resource === 'projects') namespace = name;
  const verb = special ?? verbOf(method, name, query);
  return {
    isResource: true,
    path,
    verb,
    group,
    version,
    namespace,
    resource,
    subresource,
    name,
    selectedName: verb === 'list' || verb === 'watch' ? selectedName(query) : '',
    fieldSelector: name === '' ? (query.get('fieldSelector') ?? '') : '',
    labelSelector: name === '' ? (query.get('labelSelector') ?? '') : '',
    subpath: more.length === 0 ? '' : `/${more.join('/')}`,
  };
}
