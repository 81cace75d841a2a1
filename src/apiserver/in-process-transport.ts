import type { ApiBody, ApiRequest, ApiResponse, Transport } from '../client/transport.ts';
import { newPathNotFound, newServiceUnavailable } from '../machinery/status-error.ts';
import { MessageQueue } from './cache/message-queue.ts';
import { decodeDelegated } from './decode-delegated.ts';
import { PAGE_NOT_FOUND } from './endpoints/dispatcher.ts';
import type { CoreAnswer, CoreRequest, CoreResponse, RequestBody } from './request/core-request.ts';
import { newBodyTooLarge } from './request/decode-body.ts';
import { parseRequest } from './request/request-info.ts';
import type { UserInfo } from './resource-definition.ts';

const NEVER = new AbortController().signal;
const NO_QUERY = new URLSearchParams();

/** Handle carries out a request of the core. */
export type Handle = (request: CoreRequest) => Promise<CoreAnswer>;

function isBytes(body: NonNullable<ApiRequest['body']>): body is Uint8Array {
  return body instanceof Uint8Array;
}

function isStream(body: NonNullable<ApiRequest['body']>): body is AsyncIterable<Uint8Array> {
  return Symbol.asyncIterator in body;
}

async function* once(bytes: Uint8Array): AsyncIterable<Uint8Array> {
  if (bytes.length > 0) yield bytes;
}

async function readAll(stream: AsyncIterable<Uint8Array>, limitBytes: number): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of stream) {
    size += chunk.length;
    if (size > limitBytes) throw newBodyTooLarge();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function bodyOf(body: ApiRequest['body']): RequestBody {
  if (body === undefined) {
    return {
      object: undefined,
      read: async () => Buffer.alloc(0),
      stream: () => once(Buffer.alloc(0)),
    };
  }
  if (isBytes(body)) {
    return {
      object: undefined,
      read: async (limitBytes) => {
        if (body.length > limitBytes) throw newBodyTooLarge();
        return Buffer.from(body);
      },
      stream: () => once(body),
    };
  }
  if (isStream(body)) {
    return {
      object: undefined,
      read: (limitBytes) => readAll(body, limitBytes),
      stream: () => body,
    };
  }
  const text = () => Buffer.from(JSON.stringify(body));
  return { object: body, read: async () => text(), stream: () => once(text()) };
}

function answerBody(response: CoreResponse, signal: AbortSignal): ApiBody {
  switch (response.kind) {
    case 'payload':
      return { kind: 'object', object: response.payload.object };
    case 'watch':
      return { kind: 'watch', events: new MessageQueue().open(response.source, signal) };
    case 'bytes':
      return {
        kind: 'bytes',
        contentType: response.contentType,
        status: response.status,
        ...(response.headers && { headers: response.headers }),
        bytes: response.bytes instanceof Uint8Array ? once(response.bytes) : response.bytes,
      };
    case 'taken':
      throw newServiceUnavailable('the connection was taken over by an upgrade');
  }
}

/** inProcessTransport calls the core on behalf of a user, without a wire between. */
export function inProcessTransport(handle: Handle, user: UserInfo): Transport {
  return {
    async request(request: ApiRequest): Promise<ApiResponse> {
      const signal = request.signal ?? NEVER;
      const { method, path, query = NO_QUERY } = request;
      const { response, warnings } = await handle({
        method,
        path,
        info: parseRequest(method, path, query),
        query,
        headers: request.headers ?? {},
        user,
        body: bodyOf(request.body),
        signal,
        isPart: request.isPart,
      });
      // Clients over HTTP make the same failure of that page, as client-go does.
      if (response === PAGE_NOT_FOUND) throw newPathNotFound();
      const status =
        response.kind === 'payload' || response.kind === 'bytes' ? response.status : 200;
      if (response.kind === 'payload') await response.payload.prepare?.();
      const isDelegated = response.kind === 'bytes' && response.isDelegated === true;
      const body = isDelegated
        ? await decodeDelegated(response, query.get('watch') === 'true')
        : answerBody(response, signal);
      return warnings.length > 0 ? { status, warnings, body } : { status, body };
    },
    async upgrade() {
      throw newServiceUnavailable(
        'exec, attach and port-forward need a connection over HTTPS to the API server',
      );
    },
  };
}
