import { newNoRepresentation, newNotAcceptable } from '../../machinery/status-error.ts';

/** MediaType is one media type with its parameters, in lower case. */
export interface MediaType {
  readonly type: string;
  readonly parameters: Readonly<Record<string, string>>;
}

/** parseMediaType reads one media type, such as a Content-Type. */
export function parseMediaType(text: string): MediaType {
  const [type = '', ...rest] = text.split(';');
  const parameters: Record<string, string> = {};
  for (const one of rest) {
    const at = one.indexOf('=');
    if (at > 0) parameters[one.slice(0, at).trim().toLowerCase()] = one.slice(at + 1).trim();
  }
  return { type: type.trim().toLowerCase(), parameters };
}

/** Shape is the form of an answer: the object itself, a Table, or only its metadata. */
export type Shape =
  | { readonly as: 'object' }
  | { readonly as: 'Table'; readonly version: string }
  | {
      readonly as: 'PartialObjectMetadata' | 'PartialObjectMetadataList';
      readonly version: string;
    };

/** Accepted is what the Accept header of a request comes to. */
export interface Accepted {
  readonly shape: Shape;
  readonly format: 'json' | 'yaml' | 'protobuf';
}

const AS_JSON: Accepted = { shape: { as: 'object' }, format: 'json' };
const JSON_TYPES = new Set(['application/json', 'application/*', '*/*']);

/** PROTOBUF is the media type of protocol buffers as Kubernetes sends them. */
export const PROTOBUF = 'application/vnd.kubernetes.protobuf';
const SERVED = ['application/json', 'application/yaml', PROTOBUF];

function shapeOf(parameters: MediaType['parameters']): Shape | undefined {
  const { as, g, v } = parameters;
  if (as === undefined) return { as: 'object' };
  if (g !== 'meta.k8s.io' || (v !== 'v1' && v !== 'v1beta1')) return undefined;
  if (as === 'Table' || as === 'PartialObjectMetadata' || as === 'PartialObjectMetadataList') {
    return { as, version: v };
  }
  return undefined;
}

function formatOf(type: string): Accepted['format'] | undefined {
  if (JSON_TYPES.has(type)) return 'json';
  if (type === PROTOBUF) return 'protobuf';
  return type === 'application/yaml' ? 'yaml' : undefined;
}

/** Tables have no form in protocol buffers; of custom objects only the metadata has one. */
function fits(shape: Shape, format: Accepted['format'], isCustom: boolean): boolean {
  if (format !== 'protobuf') return true;
  return shape.as !== 'Table' && !(isCustom && shape.as === 'object');
}

/**
 * errorFormatOf is the format of a failure: the first that the sender takes without a change of
 * form; undefined where there is none.
 */
export function errorFormatOf(accept: string): Accepted['format'] | undefined {
  if (accept === '') return 'json';
  const types = accept.split(',').map(parseMediaType);
  const plain = types.filter(({ parameters }) => parameters.as === undefined);
  return plain.map(({ type }) => formatOf(type)).find((format) => format !== undefined);
}

/**
 * negotiate reads an Accept header: the first type that can be served wins, as upstream. Throws
 * 406 when none can.
 */
export function negotiate(accept: string, isCustom = false): Accepted {
  if (accept === '' || accept === 'application/json' || accept === '*/*') return AS_JSON;
  let served = false;
  for (const one of accept.split(',')) {
    const { type, parameters } = parseMediaType(one);
    const format = formatOf(type);
    if (!format) continue;
    served = true;
    const shape = shapeOf(parameters);
    if (shape && fits(shape, format, isCustom)) return { shape, format };
  }
  throw served ? newNotAcceptable(SERVED) : newNoRepresentation(SERVED);
}
