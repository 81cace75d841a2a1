import { spawn } from 'node:child_process';
import net from 'node:net';
import { Duplex } from 'node:stream';

/** PodPlace is where a port of a pod is. */
export interface PodPlace {
  readonly podIP: string;
  /** A process of the pod's network namespace; 0 where the pod is on the host's network. */
  readonly pid: number;
}

const CONNECT_TIMEOUT_MS = 30_000;

function connect(host: string, port: number): Promise<net.Socket> {
  return new Promise((resolve, reject) => {
    const socket = net.connect({ host, port, allowHalfOpen: true });
    socket.setTimeout(CONNECT_TIMEOUT_MS, () => socket.destroy(new Error('connection timed out')));
    socket.once('error', reject);
    socket.once('connect', () => {
      socket.setTimeout(0);
      socket.off('error', reject);
      resolve(socket);
    });
  });
}

/** Runs in the pod's network: tells with one byte that it is connected, then passes bytes on. */
const RELAY = `
const s = require('net').connect({ host: '127.0.0.1', port: Number(process.argv[1]), allowHalfOpen: true });
s.on('connect', () => { process.stdout.write('+'); process.stdin.pipe(s); s.pipe(process.stdout); });
s.on('error', () => process.exit(1));
`;

function connectInside(pid: number, port: number): Promise<Duplex> {
  const args = ['-t', String(pid), '-n', process.execPath, '-e', RELAY, String(port)];
  const child = spawn('nsenter', args, { stdio: ['pipe', 'pipe', 'ignore'] });
  const refused = new Error(`dial tcp4 127.0.0.1:${port}: connect: connection refused`);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', () => reject(refused));
    child.stdout.once('readable', () => {
      if (child.stdout.read(1) === null) return;
      const stream = Duplex.from({ readable: child.stdout, writable: child.stdin });
      stream.once('close', () => child.kill());
      resolve(stream);
    });
  });
}

/**
 * dialPod connects to a port of a pod: at its address, and where nothing listens there, at the
 * loopback address inside of it, which is what kubelet promises.
 */
export async function dialPod({ podIP, pid }: PodPlace, port: number): Promise<Duplex> {
  try {
    return await connect(pid === 0 ? '127.0.0.1' : podIP, port);
  } catch (error) {
    if (pid === 0) throw error;
    return connectInside(pid, port);
  }
}
