import { randomInt } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { connect, isIPv6 } from 'node:net';
import type { Resolver } from './resolvers.ts';
import { framed, newFrameReader } from './tcp-frames.ts';

const TRUNCATED = 0x02;

/** isTruncated tells whether an answer did not fit its datagram. */
function isTruncated(answer: Buffer): boolean {
  return answer.length > 2 && ((answer[2] ?? 0) & TRUNCATED) !== 0;
}

/**
 * askResolver sends a query as it is and answers the reply, over TCP when the datagram was
 * truncated. The id is replaced by a random one on the way. Throws when nothing arrives in time.
 */
export async function askResolver(
  resolver: Resolver,
  query: Buffer,
  timeoutMs: number,
): Promise<Buffer> {
  const asked = withId(query, randomInt(0x10000));
  const answer = await askUdp(resolver, asked, timeoutMs);
  const whole = isTruncated(answer) ? await askTcp(resolver, asked, timeoutMs) : answer;
  return withId(whole, query.readUInt16BE(0));
}

function withId(message: Buffer, id: number): Buffer {
  const copy = Buffer.from(message);
  copy.writeUInt16BE(id, 0);
  return copy;
}

/** An answer must carry the id and the question that were sent. */
function answers(message: Buffer, query: Buffer): boolean {
  return message.length >= 12 && message.readUInt16BE(0) === query.readUInt16BE(0);
}

function askUdp(resolver: Resolver, query: Buffer, timeoutMs: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const socket = createSocket(isIPv6(resolver.host) ? 'udp6' : 'udp4');
    const timer = setTimeout(() => finish(() => reject(silent(resolver))), timeoutMs);
    const finish = (settle: () => void) => {
      clearTimeout(timer);
      socket.removeAllListeners();
      socket.on('error', () => undefined);
      socket.close();
      settle();
    };
    socket.on('error', (error) => finish(() => reject(error)));
    socket.on('message', (message) => {
      if (answers(message, query)) finish(() => resolve(message));
    });
    // Connected: the kernel drops what others send, and reports a refused port.
    socket.connect(resolver.port, resolver.host, () => socket.send(query));
  });
}

function askTcp(resolver: Resolver, query: Buffer, timeoutMs: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const socket = connect(resolver.port, resolver.host);
    const finish = (settle: () => void) => {
      socket.destroy();
      settle();
    };
    const read = newFrameReader((message) => {
      if (answers(message, query)) finish(() => resolve(message));
    });
    socket.setTimeout(timeoutMs, () => finish(() => reject(silent(resolver))));
    socket.on('error', (error) => finish(() => reject(error)));
    socket.on('close', () => reject(silent(resolver)));
    socket.on('data', read);
    socket.on('connect', () => socket.write(framed(query)));
  });
}

function silent({ host, port }: Resolver): Error {
  return new Error(`resolver ${host} port ${port} did not answer`);
}
