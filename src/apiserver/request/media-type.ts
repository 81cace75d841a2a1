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
  readonly format: 'json' | 'yaml';
}

const AS_JSON: Accepted = { shape: { as: 'object' }, format: 'json' };
const JSON_TYPES = new Set(['application/json', 'application/*', '*/*']);
const SERVED = ['application/json', 'application/yaml'];

function shapeOf(parameters: MediaType['parameters']): Shape | undefined {
  const { as, g, v } = parameters;
  if (as === undefined) return { as: 'object' };
  if (g !== 'meta.k8s.io' || (v !== 'v1' && v !== 'v1beta1')) return undefined;
  if (as === 'Table' || as === 'PartialObjectMetadata' || as === 'PartialObjectMetadataList') {
    return { as, version: v };
  }
  return undefined;
}

/**
 * negotiate reads an Accept header: the first type that can be served wins, as upstream. Throws
 * 406 when none can.
 */
export function negotiate(accept: string): Accepted {
  if (accept === '' || accept === 'application/json' || accept === '*/*') return AS_JSON;
  let served = false;
  for (const one of accept.split(',')) {
    const { type, parameters } = parseMediaType(one);
    const isJson = JSON_TYPES.has(type);
    if (!isJson && type !== 'application/yaml') continue;
    served = true;
    const shape = shapeOf(parameters);
    if (shape) return { shape, format: isJson ? 'json' : 'yaml' };
  }
  throw served ? newNotAcceptable(SERVED) : newNoRepresentation(SERVED);
}
