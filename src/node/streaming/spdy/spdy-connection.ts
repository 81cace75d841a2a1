import { type Duplex, PassThrough } from 'node:stream';
import { drained } from '../drained.ts';
import {
  controlFrame,
  dataFrame,
  FLAG_FIN,
  FRAME,
  type Frame,
  readFrames,
  words,
} from './frames.ts';
import { type Headers, newEmptyHeaderWriter, newHeaderReader } from './header-block.ts';

const MAX_DATA_BYTES = 32 * 1024;

/** SpdyStream is one stream that the client opened. */
export interface SpdyStream {
  readonly id: number;
  readonly headers: Headers;
  /** What the client sends, to its half-close. */
  readonly incoming: AsyncIterable<Uint8Array>;
  /** write resolves when the connection can take more. */
  write(data: Uint8Array): Promise<void>;
  /** end half-closes the stream. */
  end(): void;
  /** reset ends the stream in both directions. */
  reset(): void;
}

/** StreamOwner is what a stream needs of its connection. */
interface StreamOwner {
  send(bytes: Buffer): Promise<void>;
  /** over is told when both directions of a stream have ended. */
  over(id: number): void;
}

class ServerStream implements SpdyStream {
  readonly id: number;
  readonly headers: Headers;
  readonly incoming = new PassThrough();
  readonly #owner: StreamOwner;
  #ended = false;

  constructor(id: number, headers: Headers, owner: StreamOwner) {
    this.id = id;
    this.headers = headers;
    this.#owner = owner;
  }

  async write(data: Uint8Array): Promise<void> {
    for (let at = 0; at < data.length && !this.#ended; at += MAX_DATA_BYTES) {
      await this.#owner.send(dataFrame(this.id, data.subarray(at, at + MAX_DATA_BYTES)));
    }
  }

  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    void this.#owner.send(dataFrame(this.id, Buffer.alloc(0), true));
    this.#tidy();
  }

  reset(): void {
    this.#ended = true;
    this.incoming.end();
    const cancel = 5;
    void this.#owner.send(controlFrame(FRAME.rstStream, words(this.id, cancel)));
    this.#tidy();
  }

  /** Takes bytes of the client; resolves when the reader can take more. */
  async receive(payload: Buffer, fin: boolean): Promise<void> {
    if (this.incoming.writableEnded) return;
    const full = payload.length > 0 && !this.incoming.write(payload);
    if (fin) {
      this.incoming.end();
      this.#tidy();
    } else if (full) await drained(this.incoming);
  }

  close(): void {
    this.#ended = true;
    this.incoming.end();
    this.#tidy();
  }

  #tidy(): void {
    if (this.#ended && this.incoming.writableEnded) this.#owner.over(this.id);
  }
}

/** SpdyHandlers are told what the client does. */
export interface SpdyHandlers {
  onStream(stream: SpdyStream): void;
  /** The connection is over; all streams have ended. */
  onClose(): void;
}

/** SpdyConnection is the server's end of a SPDY/3.1 connection. */
export interface SpdyConnection {
  /** close says goodbye and ends the connection once everything is written. */
  close(): void;
}

/**
 * INVARIANTS: `#streams` has the streams of which a direction is still open: connections that last,
 * as those of port-forward, have any number of streams one after the other.
 */
class ServerConnection implements SpdyConnection {
  readonly #socket: Duplex;
  readonly #handlers: SpdyHandlers;
  readonly #streams = new Map<number, ServerStream>();
  readonly #readHeaders = newHeaderReader();
  readonly #emptyHeaders = newEmptyHeaderWriter();

  constructor(socket: Duplex, handlers: SpdyHandlers) {
    this.#socket = socket;
    this.#handlers = handlers;
  }

  /** Neither side of Kubernetes' SPDY honours flow control windows: the connection's own does. */
  async run(): Promise<void> {
    // What breaks the connection is seen by the reader.
    this.#socket.on('error', () => undefined);
    try {
      for await (const frame of readFrames(this.#socket)) await this.#handle(frame);
    } catch {
      // A connection that breaks has ended, however it ended.
    } finally {
      for (const stream of this.#streams.values()) stream.close();
      this.#socket.destroy();
      this.#handlers.onClose();
    }
  }

  close(): void {
    if (this.#socket.destroyed || this.#socket.writableEnded) return;
    this.#socket.write(controlFrame(FRAME.goAway, words(0, 0)));
    this.#socket.end();
  }

  async #handle(frame: Frame): Promise<void> {
    if (frame.kind === 'data') {
      const stream = this.#streams.get(frame.streamId);
      await stream?.receive(frame.payload, (frame.flags & FLAG_FIN) !== 0);
      return;
    }
    if (frame.type === FRAME.synStream) return this.#open(frame.payload, frame.flags);
    if (frame.type === FRAME.ping) await this.#send(controlFrame(FRAME.ping, frame.payload));
    if (frame.type === FRAME.headers) await this.#readHeaders(frame.payload.subarray(4));
    if (frame.type === FRAME.rstStream) this.#streams.get(frame.payload.readUInt32BE(0))?.close();
    if (frame.type === FRAME.goAway) this.#socket.end();
  }

  async #open(payload: Buffer, flags: number): Promise<void> {
    const id = payload.readUInt32BE(0) & 0x7fffffff;
    const headers = await this.#readHeaders(payload.subarray(10));
    const stream = new ServerStream(id, headers, {
      send: (bytes) => this.#send(bytes),
      over: (one) => this.#streams.delete(one),
    });
    this.#streams.set(id, stream);
    const reply = Buffer.concat([words(id), this.#emptyHeaders()]);
    await this.#send(controlFrame(FRAME.synReply, reply));
    if ((flags & FLAG_FIN) !== 0) await stream.receive(Buffer.alloc(0), true);
    this.#handlers.onStream(stream);
  }

  async #send(bytes: Buffer): Promise<void> {
    const socket = this.#socket;
    if (socket.destroyed || socket.writableEnded) return;
    if (!socket.write(bytes)) await drained(socket);
  }
}

/** serveSpdy speaks SPDY/3.1 as the server on a connection that was upgraded to it. */
export function serveSpdy(socket: Duplex, handlers: SpdyHandlers): SpdyConnection {
  const connection = new ServerConnection(socket, handlers);
  void connection.run();
  return connection;
}
