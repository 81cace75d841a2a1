import { goJsonInOrder } from '../../machinery/go-json.ts';

/** ListParts is a list in parts: its fields but the one that holds the items, and those as JSON. */
export interface ListParts {
  readonly head: object;
  readonly field: 'items' | 'rows';
  /** The items, made as they are asked for, as there may be many. */
  readonly items: Iterable<Uint8Array>;
  /** What every item begins with and `items` leave out, for items that are the rest of an object. */
  readonly opening?: '{';
  readonly count: number;
  /** The size of all items together, without their openings. */
  readonly itemsBytes: number;
}

/**
 * Payload is an answer that can be had as an object (in-process callers; frozen) and as the JSON
 * bytes of it (HTTP), each made at most once and only when asked for.
 */
export interface Payload {
  readonly object: unknown;
  /** Makes what `object` needs in steps, where that is much work; to be awaited before. */
  prepare?(): Promise<void>;
  /** The JSON text in pieces that follow one another, made as they are asked for. */
  chunks(): Iterable<Uint8Array>;
  /** The size of the JSON text. */
  readonly sizeBytes: number;
  /** The same in parts, where it is a list that may be long. */
  readonly parts?: ListParts;
}

/** objectPayload answers a computed object. */
export function objectPayload(object: unknown): Payload {
  let bytes: Buffer | undefined;
  const made = () => {
    bytes ??= Buffer.from(goJsonInOrder(object));
    return bytes;
  };
  return {
    object,
    chunks: () => [made()],
    get sizeBytes() {
      return made().length;
    },
  };
}

const END = Buffer.from(']}');

/** MadeList is a list whose items are at hand. */
export interface MadeList extends Pick<ListParts, 'head' | 'field'> {
  readonly items: readonly Uint8Array[];
}

/** partsPayload answers a list in parts. */
export function partsPayload(list: MadeList): Payload {
  const itemsBytes = list.items.reduce((sum, item) => sum + item.length, 0);
  const parts: ListParts = { ...list, count: list.items.length, itemsBytes };
  return {
    get object() {
      return JSON.parse(Buffer.concat([...chunksOf(parts)]).toString('utf8'));
    },
    chunks: () => chunksOf(parts),
    get sizeBytes() {
      return partsBytes(parts);
    },
    parts,
  };
}

function beginOf({ head, field }: ListParts): string {
  return `${goJsonInOrder(head).slice(0, -1)},"${field}":[`;
}

/** chunksOf joins the parts of a list to its JSON text. */
export function* chunksOf(parts: ListParts): Iterable<Uint8Array> {
  const { opening = '' } = parts;
  yield Buffer.from(beginOf(parts));
  const comma = Buffer.from(`,${opening}`);
  let separator = comma.subarray(1);
  for (const item of parts.items) {
    yield separator;
    yield item;
    separator = comma;
  }
  yield END;
}

/** partsBytes is the size of what chunksOf answers. */
export function partsBytes(parts: ListParts): number {
  const { count, opening = '', itemsBytes } = parts;
  const commas = Math.max(count - 1, 0);
  const between = commas + count * opening.length;
  return Buffer.byteLength(beginOf(parts)) + itemsBytes + between + END.length;
}
