import { StringDecoder } from 'node:string_decoder';
import { EngineError } from '../engine.ts';

/** jsonLines decodes a stream of JSON objects, one a line. */
export async function* jsonLines<T>(source: AsyncIterable<Uint8Array>): AsyncIterable<T> {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  for await (const chunk of source) {
    rest += decoder.write(Buffer.from(chunk));
    const lines = rest.split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) if (line.trim() !== '') yield JSON.parse(line) as T;
  }
  if (rest.trim() !== '') yield JSON.parse(rest) as T;
}

/** ProgressLine is one message of a pull, push, import, load or build. */
export interface ProgressLine {
  readonly id?: string;
  readonly status?: string;
  readonly stream?: string;
  readonly progressDetail?: { readonly current?: number; readonly total?: number };
  readonly aux?: Readonly<Record<string, unknown>>;
  readonly error?: string;
  readonly errorDetail?: { readonly code?: number; readonly message?: string };
}

/**
 * progressLines yields the messages of a long operation and throws the EngineError that it ended
 * with: the engine answers 200 before it knows.
 */
export async function* progressLines(
  source: AsyncIterable<Uint8Array>,
): AsyncIterable<ProgressLine> {
  for await (const line of jsonLines<ProgressLine>(source)) {
    if (line.error !== undefined || line.errorDetail !== undefined) {
      const message = line.errorDetail?.message ?? line.error ?? 'unknown error';
      throw new EngineError(500, message);
    }
    yield line;
  }
}
