/** RequestInfo is what the method and the path of a request say (k8s.io/apiserver RequestInfo). */
export interface RequestInfo {
  readonly isResource: boolean;
  readonly path: string;
  /** get, list, watch, create, update, patch, delete, deletecollection; else the method in lower case. */
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

/** Only the name of a namespace may be missing in between: `namespaces//pods` is all namespaces. */
function hasGap(path: string): boolean {
  return path.includes('//') && path.replace('/namespaces//', '/namespaces/').includes('//');
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

function selectedName(query: URLSearchParams): string {
  const selector = query.get('fieldSelector') ?? '';
  return /(?:^|,)metadata\.name==?([^,=!]+)(?:,|$)/.exec(selector)?.[1] ?? '';
}

/** parseRequest reads method, path and query; a path that names no resource is a non-resource one. */
export function parseRequest(method: string, target: string, query: URLSearchParams): RequestInfo {
  const path = decodedPath(target);
  if (hasGap(path)) return nonResource(method, path);
  const isEverywhere = path.includes('/namespaces//');
  const parts = path.split('/').filter((part) => part !== '');
  const isCore = parts[0] === 'api';
  const rest = parts.slice(isCore ? 2 : 3);
  if ((!isCore && parts[0] !== 'apis') || rest.length === 0) return nonResource(method, path);
  const viaPath = rest[0] === 'watch' && rest.length > 1;
  if (viaPath) rest.shift();
  let namespace = '';
  if (isEverywhere) rest.shift();
  else if (rest[0] === 'namespaces' && rest[1] !== undefined) {
    namespace = rest[1];
    if (rest[2] !== undefined && !NAMESPACE_SUBRESOURCES.has(rest[2])) rest.splice(0, 2);
  }
  const [resource = '', name = '', subresource = '', ...more] = rest;
  if (namespace === '' && resource === 'projects') namespace = name;
  return {
    isResource: true,
    path,
    verb: viaPath ? 'watch' : verbOf(method, name, query),
    group: isCore ? '' : (parts[1] ?? ''),
    version: (isCore ? parts[1] : parts[2]) ?? '',
    namespace,
    resource,
    subresource,
    name,
    selectedName: name === '' ? selectedName(query) : '',
    fieldSelector: name === '' ? (query.get('fieldSelector') ?? '') : '',
    labelSelector: name === '' ? (query.get('labelSelector') ?? '') : '',
    subpath: more.length === 0 ? '' : `/${more.join('/')}`,
  };
}
