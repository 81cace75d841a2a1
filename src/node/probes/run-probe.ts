import http from 'node:http';
import https from 'node:https';
import net from 'node:net';
import type { Container, GRPCAction, HTTPGetAction, Probe } from '../../apis/core/v1/types.ts';
import type { Engine } from '../../engine/engine.ts';
import { portNumberOf } from '../pod/lifecycle-hooks.ts';
import { checkGrpcHealth } from './grpc-probe.ts';

/** ProbeResult is the outcome of one probe; `errored` when it could not be carried out. */
export interface ProbeResult {
  readonly outcome: 'success' | 'failure' | 'errored';
  readonly message: string;
}

/** ProbeTarget is the container that is probed. */
export interface ProbeTarget {
  readonly engine: Engine;
  readonly containerId: string;
  readonly container: Container;
  readonly podIP: string;
  readonly timeoutMs: number;
}

const MAX_OUTPUT = 10_240;
const SUCCESS: ProbeResult = { outcome: 'success', message: '' };

function failure(message: string): ProbeResult {
  return { outcome: 'failure', message };
}

/** dialError tells a failed connection in the words of Go's net package. */
function dialError(error: Error, address: string): string {
  const { code } = error as NodeJS.ErrnoException;
  const words: Record<string, string> = {
    ECONNREFUSED: 'connect: connection refused',
    EHOSTUNREACH: 'connect: no route to host',
    ENETUNREACH: 'connect: network is unreachable',
    ETIMEDOUT: 'i/o timeout',
  };
  const known = words[code ?? ''];
  return known ? `dial tcp ${address}: ${known}` : error.message;
}

function requestOptions(target: ProbeTarget, action: HTTPGetAction): https.RequestOptions {
  const headers = Object.fromEntries(
    (action.httpHeaders ?? []).map(({ name, value }) => [name, value]),
  );
  const path = action.path || '/';
  return {
    host: action.host || target.podIP,
    port: portNumberOf(target.container, action.port),
    path: path.startsWith('/') ? path : `/${path}`,
    headers: { 'User-Agent': 'kube-probe/1.34', Accept: '*/*', Connection: 'close', ...headers },
    rejectUnauthorized: false,
    agent: false,
  };
}

function probeHttp(target: ProbeTarget, action: HTTPGetAction): Promise<ProbeResult> {
  const secure = action.scheme === 'HTTPS';
  const options = requestOptions(target, action);
  const address = `${options.host}:${options.port}`;
  const url = `${secure ? 'https' : 'http'}://${address}${options.path}`;
  return new Promise((resolve) => {
    const request = (secure ? https : http).get(options, (response) => {
      const status = response.statusCode ?? 0;
      response.destroy();
      clearTimeout(timer);
      const good = status >= 200 && status < 400;
      resolve(good ? SUCCESS : failure(`HTTP probe failed with statuscode: ${status}`));
    });
    const timer = setTimeout(() => {
      request.destroy();
      resolve(
        failure(
          `Get "${url}": context deadline exceeded (Client.Timeout exceeded while awaiting headers)`,
        ),
      );
    }, target.timeoutMs);
    request.on('error', (error) => {
      clearTimeout(timer);
      resolve(failure(`Get "${url}": ${dialError(error, address)}`));
    });
  });
}

function probeTcp(target: ProbeTarget, host: string, port: number): Promise<ProbeResult> {
  return new Promise((resolve) => {
    const socket = net.connect({ host, port });
    const end = (result: ProbeResult): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve(result);
    };
    const timer = setTimeout(
      () => end(failure(`dial tcp ${host}:${port}: i/o timeout`)),
      target.timeoutMs,
    );
    socket.on('connect', () => end(SUCCESS));
    socket.on('error', (error) => end(failure(dialError(error, `${host}:${port}`))));
  });
}

async function probeExec(target: ProbeTarget, command: readonly string[]): Promise<ProbeResult> {
  const { engine, containerId, timeoutMs } = target;
  const session = await engine.exec(containerId, { command, stdin: false, tty: false });
  let timedOut = false;
  const timer = setTimeout(() => {
    timedOut = true;
    session.close();
  }, timeoutMs);
  let text = '';
  for await (const { data } of session.output) {
    if (text.length < MAX_OUTPUT) text += Buffer.from(data).toString('utf8');
  }
  clearTimeout(timer);
  if (timedOut) return failure(`command "${command.join(' ')}" timed out`);
  return (await session.exitCode()) === 0 ? SUCCESS : failure(text);
}

async function probeGrpc(target: ProbeTarget, action: GRPCAction): Promise<ProbeResult> {
  const address = `${target.podIP}:${action.port}`;
  try {
    const health = await checkGrpcHealth(address, action.service ?? '', target.timeoutMs);
    return health.serving ? SUCCESS : failure(health.message);
  } catch (error) {
    return failure(
      `timeout: failed to connect service "${address}": ${dialError(error as Error, address)}`,
    );
  }
}

/** runProbe carries out one probe; it never throws. */
export async function runProbe(target: ProbeTarget, probe: Probe): Promise<ProbeResult> {
  try {
    if (probe.exec) return await probeExec(target, probe.exec.command ?? []);
    if (probe.httpGet) return await probeHttp(target, probe.httpGet);
    if (probe.tcpSocket) {
      const { host, port } = probe.tcpSocket;
      return await probeTcp(target, host || target.podIP, portNumberOf(target.container, port));
    }
    if (probe.grpc) return await probeGrpc(target, probe.grpc);
    return { outcome: 'errored', message: 'missing probe handler' };
  } catch (error) {
    return { outcome: 'errored', message: error instanceof Error ? error.message : String(error) };
  }
}
