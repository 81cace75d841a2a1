import { type IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { StatusError } from '../../machinery/status-error.ts';
import type { ApiClock, ApiLog } from '../contracts.ts';
import type { Handler } from '../filters/filter.ts';
import { statusOf } from '../request/failure.ts';
import { FlushRounds } from './flush-rounds.ts';
import { HttpFrontRequest } from './http-request.ts';
import { type Exchange, writeAnswer, writeError } from './http-response.ts';

/** HttpFrontDeps is what the HTTP front end stands on. */
export interface HttpFrontDeps {
  readonly log: ApiLog;
  readonly clock: ApiClock;
  /** The filters with what they stand around. */
  readonly handler: Handler;
}

const UPGRADES = new Set(['websocket', 'spdy/3.1']);

/** HttpFront turns HTTP requests into requests of the core and writes the answers. */
export class HttpFront {
  readonly #deps: HttpFrontDeps;
  readonly #rounds = new FlushRounds();

  constructor(deps: HttpFrontDeps) {
    this.#deps = deps;
  }

  /** onRequest serves a plain request. It never throws. */
  onRequest(request: IncomingMessage, response: ServerResponse): void {
    const exchange = { request, response, rounds: this.#rounds };
    const from = { now: this.#deps.clock.now(), response };
    void this.#serve(exchange, new HttpFrontRequest(request, from));
  }

  /** onUpgrade serves a request that wants to take over the connection. */
  onUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on('error', () => socket.destroy());
    let made: ServerResponse | undefined;
    const exchange: Exchange = {
      request,
      rounds: this.#rounds,
      // A socket that is taken over must not belong to a response.
      get response() {
        made ??= responseOn(request, socket);
        return made;
      },
    };
    const wanted = String(request.headers.upgrade ?? '').toLowerCase();
    if (!UPGRADES.has(wanted)) {
      // An upgrade that is not served (h2c) is an ordinary request, as HTTP says.
      this.onRequest(request, exchange.response);
      return;
    }
    const from = { now: this.#deps.clock.now(), upgrade: { socket, head } };
    void this.#serve(exchange, new HttpFrontRequest(request, from));
  }

  async #serve(exchange: Exchange, request: HttpFrontRequest): Promise<void> {
    try {
      const answer = await this.#deps.handler(request);
      await writeAnswer(exchange, request, answer);
    } catch (error) {
      this.#fail(exchange, request, error);
    }
  }

  #fail(exchange: Exchange, request: HttpFrontRequest, error: unknown): void {
    const what = `${request.method} ${request.url}`;
    const status: StatusError = statusOf(error, { log: this.#deps.log, what });
    request.finish({ code: status.code, sizeBytes: 0 });
    if (!exchange.request.socket.destroyed) writeError(exchange, request, status);
  }
}

/** responseOn makes an ordinary response on the raw socket of an upgrade. */
function responseOn(request: IncomingMessage, socket: Duplex): ServerResponse {
  const response = new ServerResponse(request);
  response.shouldKeepAlive = false;
  // The socket of an upgrade is the connection itself, which is what assignSocket takes.
  response.assignSocket(socket as Parameters<ServerResponse['assignSocket']>[0]);
  response.once('finish', () => socket.end());
  return response;
}
