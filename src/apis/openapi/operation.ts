/** Operation is one method of one path, before a version of OpenAPI writes it down. */
export interface Operation {
  readonly path: string;
  readonly method: 'get' | 'put' | 'post' | 'delete' | 'patch' | 'options' | 'head';
  readonly tag: string;
  readonly id: string;
  readonly description: string;
  /** Present where it acts on a kind. */
  readonly acts?: {
    /** `list`, `get`, `post`, …, as `x-kubernetes-action` spells it. */
    readonly action: string;
    readonly kind: { readonly group: string; readonly version: string; readonly kind: string };
  };
  /** The kind that paths name, for the description of the parameter `name`. */
  readonly ofKind: string;
  /** The definition of the body, if it has one. */
  readonly input?: string;
  readonly inputTypes: readonly string[];
  readonly needsInput: boolean;
  /** The definition of the answer; empty: a text. */
  readonly output: string;
  readonly outputTypes: readonly string[];
  /** The codes of success. */
  readonly codes: readonly number[];
  /** Names of query parameters. */
  readonly query: readonly string[];
  /** The texts of the query parameters that are special here. */
  readonly texts: string;
}

/** OperationMethod is a method of HTTP, as documents spell it. */
export type OperationMethod = Operation['method'];

/** JSON_TYPES are the media types of objects of any kind. */
export const JSON_TYPES = ['application/json', 'application/yaml'];
/** OBJECT_TYPES are those of the kinds of the API itself. */
export const OBJECT_TYPES = [...JSON_TYPES, 'application/vnd.kubernetes.protobuf'];
/** LIST_TYPES are those of what can be watched. */
export const LIST_TYPES = [
  ...OBJECT_TYPES,
  'application/json;stream=watch',
  'application/vnd.kubernetes.protobuf;stream=watch',
];
const STRATEGIC = 'application/strategic-merge-patch+json';
/** PATCH_TYPES are the media types of patches. */
export const PATCH_TYPES = [
  'application/json-patch+json',
  'application/merge-patch+json',
  STRATEGIC,
  'application/apply-patch+yaml',
];
/** CUSTOM_PATCH_TYPES are those for custom kinds, of which no merge keys are known. */
export const CUSTOM_PATCH_TYPES = PATCH_TYPES.filter((one) => one !== STRATEGIC);

const PRETTY = ['pretty'];
/** WRITE_QUERY are the parameters of creates and updates. */
export const WRITE_QUERY = ['dryRun', 'fieldManager', 'fieldValidation', ...PRETTY];
/** LIST_QUERY are the parameters of lists and watches. */
export const LIST_QUERY = [
  'allowWatchBookmarks',
  'continue',
  'fieldSelector',
  'labelSelector',
  'limit',
  ...PRETTY,
  'resourceVersion',
  'resourceVersionMatch',
  'sendInitialEvents',
  'timeoutSeconds',
  'watch',
];
/** DELETE_QUERY are the parameters of a delete. */
export const DELETE_QUERY = [
  'dryRun',
  'gracePeriodSeconds',
  'ignoreStoreReadErrorWithClusterBreakingPotential',
  'orphanDependents',
  ...PRETTY,
  'propagationPolicy',
];
/** GET_QUERY are the parameters of a read. */
export const GET_QUERY = PRETTY;
/** CUSTOM_GET_QUERY are those of a read of a custom object. */
export const CUSTOM_GET_QUERY = [...PRETTY, 'resourceVersion'];
