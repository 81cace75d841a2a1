import type { Duplex } from 'node:stream';
import type { WebSocket, WebSocketServer } from 'ws';
import type { WatchMessage } from '../cache/cache-event.ts';
import type { MessageSink, WatchSource } from '../cache/message-sink.ts';
import type { SentEvents } from '../filters/filter.ts';
import type { ConnectRequest } from '../resource-definition.ts';
import { WATCH_LIMITS, type WatchLimits } from './watch-writer.ts';

type Upgrade = NonNullable<ConnectRequest['upgrade']>;

const CLOSED_WELL = 1000;
/** Clients of a watch have nothing to say. */
const MAX_INCOMING_BYTES = 64 * 1024;

let server: Promise<WebSocketServer> | undefined;

/** webSockets loads what speaks the protocol when it is first needed. */
function webSockets(): Promise<WebSocketServer> {
  server ??= import('ws').then(
    ({ WebSocketServer: Server }) =>
      new Server({ noServer: true, perMessageDeflate: false, maxPayload: MAX_INCOMING_BYTES }),
  );
  return server;
}

function refuse(socket: Duplex, status: string): void {
  socket.end(`HTTP/1.1 ${status}\r\n\r\n`);
}

/** WatchSocketOptions: `events` counts, `onEnd` is called once when the connection is over. */
export interface WatchSocketOptions {
  readonly events?: SentEvents | undefined;
  /** When a client is too slow; default WATCH_LIMITS. */
  readonly limits?: WatchLimits;
  onEnd(): void;
}

/**
 * openWatchSocket serves a watch over a WebSocket: each event is a text message. As upstream, the
 * client must say its origin, and gets the one subprotocol that it names, which changes nothing.
 */
export async function openWatchSocket(
  { request, socket, head }: Upgrade,
  source: WatchSource,
  options: WatchSocketOptions,
): Promise<void> {
  socket.once('close', () => options.onEnd());
  if (!request.headers.origin) {
    refuse(socket, '403 Forbidden');
    return;
  }
  const protocols = String(request.headers['sec-websocket-protocol'] ?? '');
  if (protocols.includes(',')) {
    refuse(socket, '400 Bad Request');
    return;
  }
  const sockets = await webSockets();
  sockets.handleUpgrade(request, socket, head, (webSocket) =>
    new WatchSocket(webSocket, options).open(source),
  );
}

/**
 * WatchSocket sends the events of a watch as messages.
 *
 * INVARIANTS: a client that lags behind is cut off, never waited for. When either side goes, the
 * watch is closed, once.
 */
class WatchSocket implements MessageSink {
  readonly #socket: WebSocket;
  readonly #options: WatchSocketOptions;
  #stalledSince: number | undefined;
  #ended = false;
  #close: () => void = () => undefined;

  constructor(socket: WebSocket, options: WatchSocketOptions) {
    this.#socket = socket;
    this.#options = options;
  }

  open(source: WatchSource): void {
    this.#socket.on('error', () => this.#socket.terminate());
    this.#socket.once('close', () => this.#finish());
    const close = source.open(this);
    this.#close = close;
    if (this.#ended) close();
  }

  send(message: WatchMessage): void {
    if (this.#ended) return;
    const { frame } = message;
    this.#options.events?.sent([frame]);
    this.#socket.send(frame, { binary: false });
    const { backlogBytes, stallMs } = this.#options.limits ?? WATCH_LIMITS;
    if (this.#socket.bufferedAmount < backlogBytes) {
      this.#stalledSince = undefined;
      return;
    }
    this.#stalledSince ??= performance.now();
    if (performance.now() - this.#stalledSince < stallMs) return;
    this.#finish();
    this.#socket.terminate();
  }

  end(): void {
    if (this.#ended) return;
    this.#finish();
    this.#socket.close(CLOSED_WELL);
  }

  #finish(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#close();
  }
}
