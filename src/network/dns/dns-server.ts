import { createSocket, type Socket as UdpSocket } from 'node:dgram';
import { createServer, type Server, type Socket } from 'node:net';
import type { Logger } from '../../controller-kit/controller.ts';
import { framed, newFrameReader } from './tcp-frames.ts';

/** Handle answers one DNS message; undefined when there is nothing to reply. */
export type Handle = (message: Buffer, over: 'udp' | 'tcp') => Promise<Buffer | undefined>;

const IDLE_MS = 10_000;
const MAX_CONNECTIONS = 512;

/**
 * DnsServer listens for DNS on one address, UDP and TCP on the same port. A handler that throws is
 * logged; the client gets no reply and asks again.
 */
export class DnsServer {
  readonly #handle: Handle;
  readonly #log: Logger;
  readonly #connections = new Set<Socket>();
  #udp: UdpSocket | undefined;
  #tcp: Server | undefined;

  constructor(handle: Handle, log: Logger) {
    this.#handle = handle;
    this.#log = log;
  }

  /** listen begins to answer and tells the port. Throws when the address is taken. */
  async listen(host: string, port: number): Promise<number> {
    const tcp = createServer((socket) => this.#serve(socket));
    tcp.maxConnections = MAX_CONNECTIONS;
    this.#tcp = tcp;
    await settled(tcp, () => tcp.listen(port, host), 'listening');
    const bound = tcp.address();
    const chosen = typeof bound === 'object' && bound !== null ? bound.port : port;
    const udp = createSocket({ type: 'udp4', recvBufferSize: 1 << 20 });
    this.#udp = udp;
    udp.on('message', (message, from) => {
      this.#answer(message, 'udp', (reply) => udp.send(reply, from.port, from.address));
    });
    await settled(udp, () => udp.bind(chosen, host), 'listening');
    // A reply to a client that is gone comes back as an error of the socket.
    udp.on('error', (error) => this.#log.debug({ error }, 'DNS over UDP'));
    return chosen;
  }

  /** close stops listening and drops connections. */
  async close(): Promise<void> {
    for (const socket of this.#connections) socket.destroy();
    const [udp, tcp] = [this.#udp, this.#tcp];
    this.#udp = undefined;
    this.#tcp = undefined;
    if (udp) await new Promise<void>((resolve) => udp.close(() => resolve()));
    if (tcp?.listening) await new Promise<void>((resolve) => tcp.close(() => resolve()));
  }

  #serve(socket: Socket): void {
    this.#connections.add(socket);
    socket.on('close', () => this.#connections.delete(socket));
    socket.on('error', () => socket.destroy());
    socket.setTimeout(IDLE_MS, () => socket.destroy());
    const read = newFrameReader((message) => {
      this.#answer(message, 'tcp', (reply) => socket.write(framed(reply)));
    });
    socket.on('data', read);
  }

  #answer(message: Buffer, over: 'udp' | 'tcp', send: (reply: Buffer) => void): void {
    this.#handle(message, over)
      .then((reply) => {
        const closed = over === 'udp' && this.#udp === undefined;
        if (reply !== undefined && !closed) send(reply);
      })
      .catch((error) => this.#log.error({ error }, 'cannot answer a DNS query'));
  }
}

function settled(emitter: NodeJS.EventEmitter, begin: () => void, event: string): Promise<void> {
  return new Promise((resolve, reject) => {
    emitter.once('error', reject);
    emitter.once(event, () => {
      emitter.off('error', reject);
      resolve();
    });
    begin();
  });
}
