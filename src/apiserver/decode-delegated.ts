import type { ApiBody } from '../client/transport.ts';
import { isJsonObject } from '../machinery/json-value.ts';
import type { Status } from '../machinery/meta/v1.ts';
import type { WatchEvent } from '../machinery/object.ts';
import { newServiceUnavailable, StatusError } from '../machinery/status-error.ts';
import type { CoreResponse } from './request/core-request.ts';

/**
 * decodeDelegated reads what another server answered, for callers in this process: an object, the
 * events of a watch, or a failure, which is thrown.
 */
export async function decodeDelegated(
  response: CoreResponse & { readonly kind: 'bytes' },
  isWatch: boolean,
): Promise<ApiBody> {
  const { status, contentType, bytes } = response;
  const stream = bytes instanceof Uint8Array ? once(bytes) : bytes;
  const isJson = contentType.startsWith('application/json');
  if (status < 300 && isJson && isWatch) return { kind: 'watch', events: eventsOf(stream) };
  if (status < 300 && !isJson) return { kind: 'bytes', contentType, status, bytes: stream };
  const text = await textOf(stream);
  const object: unknown = isJson ? JSON.parse(text) : undefined;
  if (status < 300) return { kind: 'object', object };
  if (!isJsonObject(object) || object.kind !== 'Status') throw newServiceUnavailable(text.trim());
  throw new StatusError({ ...(object as unknown as Status), code: status });
}

async function* once(bytes: Uint8Array): AsyncIterable<Uint8Array> {
  yield bytes;
}

async function textOf(stream: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}

async function* eventsOf(stream: AsyncIterable<Uint8Array>): AsyncIterable<WatchEvent> {
  let rest = '';
  const decoder = new TextDecoder();
  for await (const chunk of stream) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) if (line.trim() !== '') yield JSON.parse(line) as WatchEvent;
  }
}
