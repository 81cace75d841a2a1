import { Agent, type Dispatcher, ProxyAgent, request } from 'undici';
import { type GoAnswer, goObject, goReason, goStatusText } from '../../../client/go-http-error.ts';
import {
  type HttpTransportOptions,
  requestHeaders,
  tlsOptions,
} from '../../../client/transport-options.ts';
import type { JsonObject } from '../../../machinery/json-value.ts';

const STEPS = 5;
const FIRST_WAIT_MS = 500;
const FACTOR = 1.5;
const TRANSIENT_CODES = [429, 500, 503, 504];

/** ReviewFailure is why a webhook gave no review; `code` is 0 where it gave no answer at all. */
export class ReviewFailure extends Error {
  override readonly name = 'ReviewFailure';
  readonly code: number;
  /** True where nothing came in time. */
  readonly isTimeout: boolean;
  /** True where trying again may help. */
  readonly isTransient: boolean;

  constructor(message: string, about: { readonly code?: number; readonly cause?: unknown }) {
    super(message, about.cause === undefined ? {} : { cause: about.cause });
    this.code = about.code ?? 0;
    const { name, code } = (about.cause ?? {}) as { name?: unknown; code?: unknown };
    this.isTimeout = name === 'TimeoutError' || this.code === 504;
    this.isTransient = TRANSIENT_CODES.includes(this.code) || code === 'ECONNRESET';
  }
}

/** ReviewClientOptions: how the webhook is reached, and how long one call may take. */
export interface ReviewClientOptions {
  readonly connection: HttpTransportOptions;
  readonly timeoutMs: number;
  /** Is told of every call, with how long it took and why it failed. */
  readonly onCall?: (seconds: number, failure: ReviewFailure | undefined) => void;
}

/** ReviewClient asks a webhook that answers reviews. */
export interface ReviewClient {
  /**
   * post sends a review and answers it with its status; what may pass is tried again, five times in
   * all, with growing rests. Throws the last ReviewFailure.
   */
  post(review: JsonObject): Promise<JsonObject>;
  close(): Promise<void>;
}

function dispatcherOf(connection: HttpTransportOptions): Dispatcher {
  const limits = { headersTimeout: 0, bodyTimeout: 0, keepAliveTimeout: 60_000 };
  const connect = tlsOptions(connection);
  if (!connection.proxyUrl) return new Agent({ ...limits, connect });
  return new ProxyAgent({ ...limits, uri: connection.proxyUrl, requestTls: connect });
}

async function send(
  { connection, timeoutMs }: ReviewClientOptions,
  dispatcher: Dispatcher,
  review: JsonObject,
): Promise<GoAnswer> {
  const url = new URL(connection.server);
  url.searchParams.set('timeout', `${Math.ceil(timeoutMs / 1000)}s`);
  try {
    const { statusCode, headers, body } = await request(url, {
      dispatcher,
      method: 'POST',
      headers: {
        ...(await requestHeaders(connection)),
        'content-type': 'application/json',
        accept: 'application/json, */*',
      },
      body: JSON.stringify(review),
      signal: AbortSignal.timeout(timeoutMs),
    });
    const contentType = String(headers['content-type'] ?? '');
    return { code: statusCode, text: await body.text(), contentType };
  } catch (error) {
    const message = `Post ${JSON.stringify(url.href)}: ${goReason(error)}`;
    throw new ReviewFailure(message, { cause: error });
  }
}

function parsed(text: string): JsonObject {
  try {
    return goObject(text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ReviewFailure(reason, { cause: error });
  }
}

/** newReviewClient makes a client of the webhook that a kubeconfig names. */
export function newReviewClient(options: ReviewClientOptions): ReviewClient {
  const dispatcher = dispatcherOf(options.connection);
  const once = async (review: JsonObject): Promise<JsonObject> => {
    const answer = await send(options, dispatcher, review);
    const { code } = answer;
    if (code < 200 || code > 299) throw new ReviewFailure(goStatusText(answer), { code });
    return parsed(answer.text);
  };
  const counted = async (review: JsonObject): Promise<JsonObject> => {
    const startedAt = performance.now();
    const tell = (failure?: ReviewFailure) =>
      options.onCall?.((performance.now() - startedAt) / 1000, failure);
    try {
      const answer = await once(review);
      tell();
      return answer;
    } catch (error) {
      if (error instanceof ReviewFailure) tell(error);
      throw error;
    }
  };
  return {
    async post(review) {
      for (let step = 1; ; step += 1) {
        try {
          return await counted(review);
        } catch (error) {
          const again = error instanceof ReviewFailure && error.isTransient && step < STEPS;
          if (!again) throw error;
          const restMs = FIRST_WAIT_MS * FACTOR ** (step - 1) * (1 + Math.random() / 5);
          await new Promise((resolve) => setTimeout(resolve, restMs));
        }
      }
    },
    close: () => dispatcher.destroy(),
  };
}
