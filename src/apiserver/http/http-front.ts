import { type IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { newUnauthorized, type StatusError } from '../../machinery/status-error.ts';
import type { ApiLog, Authenticator } from '../contracts.ts';
import type { CoreAnswer, CoreRequest } from '../request/core-request.ts';
import { statusOf } from '../request/failure.ts';
import { FlushRounds } from './flush-rounds.ts';
import { factsOf, HttpCoreRequest, targetOf } from './http-request.ts';
import { type Exchange, writeAnswer, writeError } from './http-response.ts';

/** HttpFrontDeps is what the HTTP front end stands on. */
export interface HttpFrontDeps {
  readonly authenticator: Authenticator;
  readonly log: ApiLog;
  handle(request: CoreRequest): Promise<CoreAnswer>;
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
    this.#serve(exchange, { response }).catch((error: unknown) => this.#fail(exchange, error));
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
    this.#serve(exchange, { upgrade: { socket, head } }).catch((error: unknown) =>
      this.#fail(exchange, error),
    );
  }

  async #serve(
    exchange: Exchange,
    from: {
      readonly response?: ServerResponse;
      readonly upgrade?: { readonly socket: Duplex; readonly head: Buffer };
    },
  ): Promise<void> {
    const { request } = exchange;
    const target = targetOf(request.url ?? '/');
    const user = await this.#deps.authenticator.authenticate(factsOf(request, target));
    if (!user) throw newUnauthorized();
    const answer = await this.#deps.handle(new HttpCoreRequest(request, target, { ...from, user }));
    if (answer.response.kind === 'taken') return;
    await writeAnswer(exchange, answer);
  }

  #fail(exchange: Exchange, error: unknown): void {
    const { request } = exchange;
    if (request.socket.destroyed) return;
    const what = `${request.method} ${request.url}`;
    const status: StatusError = statusOf(error, { log: this.#deps.log, what });
    writeError(exchange, status);
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
