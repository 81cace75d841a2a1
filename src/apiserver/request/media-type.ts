import { type AcceptClause, acceptClauses } from '../../machinery/accept-header.ts';
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

/** asMediaType is a clause of an Accept header as a media type. */
export function asMediaType({ type, subtype, parameters }: AcceptClause): MediaType {
  return { type: `${type}/${subtype}`, parameters };
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
/** APPLY_PATCH is the media type of server-side apply. */
export const APPLY_PATCH = 'application/apply-patch+yaml';
const SERVED = ['application/json', 'application/yaml', PROTOBUF];
const STREAMS = ['application/json;stream=watch', `${PROTOBUF};stream=watch`];

/** Offer is what a path can answer with. */
export interface Offer {
  /** True where upstream has no route of its own, as for custom objects: words differ. */
  readonly isLoose?: boolean;
  /** True where the kind has no form in protocol buffers. */
  readonly isCustom?: boolean;
  /** True where the path serves watches too. */
  readonly hasWatch?: boolean;
  /** True where the answer is a watch: YAML has no form for one. */
  readonly isWatch?: boolean;
  /** True where the answer cannot be printed: reviews, bindings, ways to change a part of an object. */
  readonly hasNoTable?: boolean;
  /** True where the answer has no other form than its own, as in discovery. */
  readonly isPlain?: boolean;
  /** True where the answer is text whatever is accepted: the path can be asked for text, and refuses it. */
  readonly isText?: boolean;
}

function shapeOf(parameters: MediaType['parameters']): Shape | undefined {
  const { as, g, v, sv } = parameters;
  if (sv !== undefined) return undefined;
  if (as === undefined && g === undefined && v === undefined) return { as: 'object' };
  if (g !== 'meta.k8s.io' || (v !== 'v1' && v !== 'v1beta1')) return undefined;
  if (as === 'Table' || as === 'PartialObjectMetadata' || as === 'PartialObjectMetadataList') {
    return { as, version: v };
  }
  return undefined;
}

/** formatOf is the format of a type; YAML has no streams, and those of the others are watches. */
function formatOf({ type, parameters: { stream } }: MediaType): Accepted['format'] | undefined {
  if (stream !== undefined && (stream !== 'watch' || type === 'application/yaml')) return undefined;
  if (JSON_TYPES.has(type)) return 'json';
  if (type === PROTOBUF) return 'protobuf';
  return type === 'application/yaml' ? 'yaml' : undefined;
}

/** Tables have no form in protocol buffers; of custom objects only the metadata has one. */
function fits(shape: Shape, format: Accepted['format'], offer: Offer): boolean {
  if (offer.isPlain) return shape.as === 'object';
  if (offer.hasNoTable && shape.as === 'Table') return false;
  if (format !== 'protobuf') return true;
  return shape.as !== 'Table' && !(offer.isCustom && shape.as === 'object');
}

/**
 * errorFormatOf is the format of a failure: the first that the sender takes without a change of
 * form; undefined where there is none.
 */
export function errorFormatOf(accept: string): Accepted['format'] | undefined {
  if (accept === '') return 'json';
  const plain = acceptClauses(accept)
    .map(asMediaType)
    .filter(({ parameters }) => parameters.as === undefined);
  return plain.map(formatOf).find((format) => format !== undefined);
}

/** checkRoute refuses what names no type of the route at all, as upstream's router does. Throws 406. */
function checkRoute(accept: string, produced: readonly string[]): void {
  const names = accept.split(',').map((one) => (one.split(';')[0] ?? '').trim());
  if (names.some((name) => name === '*/*' || produced.includes(name))) return;
  throw newNoRepresentation(produced);
}

function producedBy({ hasWatch, isText }: Offer): readonly string[] {
  if (isText) return ['text/plain', ...SERVED];
  return hasWatch ? [...SERVED, ...STREAMS] : SERVED;
}

/** demandOffer refuses who takes nothing that a path can answer with, as upstream's router does. Throws 406. */
export function demandOffer(accept: string, offer: Offer): void {
  if (!offer.isLoose && accept !== '') checkRoute(accept, producedBy(offer));
}

/**
 * negotiate reads an Accept header: the first type that can be served wins, as upstream. Throws
 * 406 when none can.
 */
export function negotiate(accept: string, offer: Offer = {}): Accepted {
  if (accept === '' || accept === 'application/json' || accept === '*/*') return AS_JSON;
  demandOffer(accept, offer);
  for (const clause of acceptClauses(accept)) {
    const mediaType = asMediaType(clause);
    const format = formatOf(mediaType);
    const shape = shapeOf(mediaType.parameters);
    if (!format || !shape || !fits(shape, format, offer)) continue;
    if (offer.isWatch && format === 'yaml') throw newNotAcceptable(STREAMS);
    return { shape, format };
  }
  throw newNotAcceptable(SERVED);
}

/** demandJson refuses who does not take JSON where there is nothing else. Throws 406. */
export function demandJson(accept: string): void {
  if (accept !== '') checkRoute(accept, ['application/json']);
}
