import { type IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { StatusError } from '../../machinery/status-error.ts';
import type { ApiClock, ApiLog } from '../contracts.ts';
import type { Handler, Outcome } from '../filters/filter.ts';
import { statusOf } from '../request/failure.ts';
import { ElsewhereError } from '../threads/elsewhere.ts';
import { FlushRounds } from './flush-rounds.ts';
import { type HandedFacts, HttpFrontRequest } from './http-request.ts';
import { type Exchange, writeAnswer, writeError } from './http-response.ts';
import { isMalformedTarget, malformedAnswer, refuseMalformed } from './malformed.ts';

/** HttpFrontDeps is what the HTTP front end stands on. */
export interface HttpFrontDeps {
  readonly log: ApiLog;
  readonly clock: ApiClock;
  /** The filters with what they stand around. */
  readonly handler: Handler;
  /** Where requests go that are not served here. */
  readonly handOver?: HandOver | undefined;
  /** Called for every connection that ended before TLS was agreed on. */
  onHandshakeFailed?(): void;
}

/** HandOver carries requests to where they are served, when that is not in this thread. */
export interface HandOver {
  takes(request: HttpFrontRequest): boolean;
  /** carry has a request answered; it throws only before anything of the answer was sent. */
  carry(exchange: Exchange, request: HttpFrontRequest): Promise<void>;
}

/** UpgradedSocket is a connection that a request wants to take over, with what was read of it. */
export interface UpgradedSocket {
  readonly socket: Duplex;
  readonly head: Buffer;
}

const UNFINISHED: Outcome = { code: 0, sizeBytes: 0 };
const UPGRADES = new Set(['websocket', 'spdy/3.1']);

/** HttpFront turns HTTP requests into requests of the core and writes the answers. */
export class HttpFront {
  readonly #deps: HttpFrontDeps;
  readonly #rounds = new FlushRounds();

  constructor(deps: HttpFrontDeps) {
    this.#deps = deps;
  }

  /** onHandshakeFailed is told of a connection that ended before TLS was agreed on. */
  onHandshakeFailed(): void {
    this.#deps.onHandshakeFailed?.();
  }

  /** onRequest serves a plain request, which another thread may have handed over. It never throws. */
  onRequest(request: IncomingMessage, response: ServerResponse, handed?: HandedFacts): void {
    if (isMalformedTarget(request.url ?? '/')) {
      refuseMalformed(response);
      return;
    }
    const exchange = { request, response, rounds: this.#rounds };
    const from = { now: this.#deps.clock.now(), response, handed };
    void this.#serve(exchange, new HttpFrontRequest(request, from));
  }

  /** onUpgrade serves a request that wants to take over the connection. */
  onUpgrade(request: IncomingMessage, upgrade: UpgradedSocket, handed?: HandedFacts): void {
    const { socket } = upgrade;
    socket.on('error', () => socket.destroy());
    if (isMalformedTarget(request.url ?? '/')) {
      socket.end(malformedAnswer(undefined));
      return;
    }
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
      this.onRequest(request, exchange.response, handed);
      return;
    }
    const from = { now: this.#deps.clock.now(), upgrade, handed };
    void this.#serve(exchange, new HttpFrontRequest(request, from));
  }

  async #serve(exchange: Exchange, request: HttpFrontRequest): Promise<void> {
    const { handOver } = this.#deps;
    try {
      if (handOver?.takes(request)) {
        await handOver.carry(exchange, request);
        return;
      }
      const answer = await this.#deps.handler(request);
      await writeAnswer(exchange, request, answer);
    } catch (error) {
      if (handOver && error instanceof ElsewhereError) {
        // The other thread counts it.
        request.finish(UNFINISHED);
        handOver.carry(exchange, request).catch((cause) => this.#fail(exchange, request, cause));
      } else this.#fail(exchange, request, error);
    }
  }

  #fail(exchange: Exchange, request: HttpFrontRequest, error: unknown): void {
    const what = `${request.method} ${request.url}`;
    const status: StatusError = statusOf(error, { log: this.#deps.log, what });
    request.finish({ code: status.code, sizeBytes: 0 });
    const { socket } = exchange.request;
    if (socket.destroyed) return;
    try {
      writeError(exchange, request, status);
    } catch (cause) {
      // Whoever waits for an answer that cannot be written must learn that there is none.
      this.#deps.log.error({ err: cause, what }, 'an answer could not be written');
      socket.destroy();
    }
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
