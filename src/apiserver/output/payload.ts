/** ListParts is a list in parts: its fields but the one that holds the items, and those as JSON. */
export interface ListParts {
  readonly head: object;
  readonly field: 'items' | 'rows';
  readonly items: readonly Uint8Array[];
}

/**
 * Payload is an answer that can be had as an object (in-process callers; frozen) and as the JSON
 * bytes of it (HTTP), each made at most once and only when asked for.
 */
export interface Payload {
  readonly object: unknown;
  /** Makes what `object` needs in steps, where that is much work; to be awaited before. */
  prepare?(): Promise<void>;
  /** The JSON text in pieces that follow one another. */
  chunks(): readonly Uint8Array[];
  /** The same in parts, where it is a list that may be long. */
  readonly parts?: ListParts;
}

/** objectPayload answers a computed object. */
export function objectPayload(object: unknown): Payload {
  let bytes: Buffer | undefined;
  return {
    object,
    chunks: () => {
      bytes ??= Buffer.from(JSON.stringify(object));
      return [bytes];
    },
  };
}

const COMMA = Buffer.from(',');
const END = Buffer.from(']}');

/** partsPayload answers a list in parts. */
export function partsPayload(parts: ListParts): Payload {
  return {
    get object() {
      return JSON.parse(Buffer.concat(chunksOf(parts)).toString('utf8'));
    },
    chunks: () => chunksOf(parts),
    parts,
  };
}

/** chunksOf joins the parts of a list to its JSON text. */
export function chunksOf(parts: ListParts): Uint8Array[] {
  const head = JSON.stringify(parts.head);
  const chunks: Uint8Array[] = [Buffer.from(`${head.slice(0, -1)},"${parts.field}":[`)];
  for (const [index, item] of parts.items.entries()) {
    if (index > 0) chunks.push(COMMA);
    chunks.push(item);
  }
  chunks.push(END);
  return chunks;
}
