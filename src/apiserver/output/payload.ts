/**
 * Payload is an answer that can be had as an object (in-process callers; frozen) and as the JSON
 * bytes of it (HTTP), each made at most once and only when asked for.
 */
export interface Payload {
  readonly object: unknown;
  /** The JSON text in pieces that follow one another. */
  chunks(): readonly Uint8Array[];
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
