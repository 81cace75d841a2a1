import http from 'node:http';
import https from 'node:https';
import type { Container, HTTPGetAction, LifecycleHandler } from '../../apis/core/v1/types.ts';
import type { Clock } from '../../controller-kit/controller.ts';
import type { Engine } from '../../engine/engine.ts';

/** HookTarget is the container that a hook runs in or against. */
export interface HookTarget {
  readonly engine: Engine;
  readonly clock: Clock;
  readonly containerId: string;
  readonly container: Container;
  readonly podIP: string;
  readonly timeoutMs: number;
}

/** portNumberOf resolves a port by number or by the name of a container port. */
export function portNumberOf(container: Container, port: number | string): number {
  if (typeof port === 'number' || /^\d+$/.test(port)) return Number(port);
  const named = (container.ports ?? []).find(({ name }) => name === port);
  if (named === undefined) throw new Error(`couldn't find port: ${port}`);
  return named.containerPort;
}

async function runExec(target: HookTarget, command: readonly string[]): Promise<void> {
  const session = await target.engine.exec(target.containerId, {
    command,
    stdin: false,
    tty: false,
  });
  let text = '';
  for await (const chunk of session.output) {
    if (text.length < 10_240) text += Buffer.from(chunk.data).toString('utf8');
  }
  const code = await session.exitCode();
  if (code === 0) return;
  throw new Error(
    `command '${command.join(' ')}' exited with ${code}: ${text}, message: ${JSON.stringify(text)}`,
  );
}

function runHttp(target: HookTarget, action: HTTPGetAction): Promise<void> {
  const { scheme = 'HTTP', path = '/', httpHeaders = [] } = action;
  const client = scheme === 'HTTPS' ? https : http;
  const headers = Object.fromEntries(httpHeaders.map(({ name, value }) => [name, value]));
  return new Promise((resolve, reject) => {
    const request = client.get(
      {
        host: action.host || target.podIP,
        port: portNumberOf(target.container, action.port),
        path: path.startsWith('/') ? path : `/${path}`,
        headers: { 'User-Agent': 'kube-lifecycle/', ...headers },
        rejectUnauthorized: false,
        timeout: target.timeoutMs,
      },
      (response) => {
        response.resume();
        resolve();
      },
    );
    request.on('timeout', () => request.destroy(new Error('the hook did not answer in time')));
    request.on('error', reject);
  });
}

function sleep(clock: Clock, ms: number): Promise<void> {
  return new Promise((resolve) => {
    clock.setTimer(ms, resolve);
  });
}

async function run(target: HookTarget, hook: LifecycleHandler): Promise<void> {
  if (hook.exec) return runExec(target, hook.exec.command ?? []);
  if (hook.httpGet) return runHttp(target, hook.httpGet);
  if (hook.sleep) return sleep(target.clock, hook.sleep.seconds * 1000);
}

/** runHook runs a postStart or preStop hook; throws when it fails or takes too long. */
export async function runHook(target: HookTarget, hook: LifecycleHandler): Promise<void> {
  let cancel: () => void = () => undefined;
  const timeout = new Promise<never>((_, reject) => {
    cancel = target.clock.setTimer(target.timeoutMs, () =>
      reject(new Error('the hook did not end in time')),
    );
  });
  try {
    await Promise.race([run(target, hook), timeout]);
  } finally {
    cancel();
  }
}
