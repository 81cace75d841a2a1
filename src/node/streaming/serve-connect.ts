import type { ApiBody } from '../../client/transport.ts';
import type { Engine } from '../../engine/engine.ts';
import { newBadRequest, newNotFound, newPathNotFound } from '../../machinery/status-error.ts';
import { isRunning, latestOf } from '../pod/actual-pod.ts';
import { containerOf } from '../pod/pod-actions.ts';
import type { PodWorker } from '../pod/pod-worker.ts';
import { portsOf } from './channel-forward.ts';
import type { CommandOptions, CommandStreams } from './command-streams.ts';
import {
  type ConnectCall,
  flag,
  parseConnect,
  type StreamTarget,
  type UpgradeSocket,
} from './connect-call.ts';
import { containerLogs } from './container-logs.ts';
import { servePortForward } from './port-forward.ts';
import { runAttach, runExec } from './run-command.ts';
import { acceptSpdyCommand } from './spdy-command.ts';
import { isUpgradeTo } from './upgrade-answer.ts';
import { acceptWebSocketCommand } from './websocket-command.ts';

/** ConnectDeps is what the streaming server needs of the agent. */
export interface ConnectDeps {
  readonly engine: Engine;
  find(namespace: string, name: string): PodWorker | undefined;
}

function upgradeOf(call: ConnectCall): UpgradeSocket {
  if (call.upgrade !== undefined) return call.upgrade;
  throw newBadRequest('Upgrade request required');
}

function runningId(worker: PodWorker, container: string): string {
  const latest = latestOf(worker.actual, container);
  if (latest !== undefined && isRunning(latest)) return latest.state.id;
  throw newNotFoundContainer(container);
}

function newNotFoundContainer(container: string) {
  return newBadRequest(`container not found (${JSON.stringify(container)})`);
}

function optionsOf({ query }: StreamTarget): CommandOptions {
  const options = {
    stdin: flag(query, 'input', 'stdin'),
    stdout: flag(query, 'output', 'stdout'),
    stderr: flag(query, 'error', 'stderr'),
    tty: flag(query, 'tty'),
  };
  if (options.stdin || options.stdout || options.stderr) return options;
  throw newBadRequest('you must specify at least 1 of stdin, stdout, stderr');
}

function accept(
  upgrade: UpgradeSocket,
  options: CommandOptions,
): Promise<CommandStreams | undefined> {
  const webSocket = isUpgradeTo(upgrade, 'websocket');
  return (webSocket ? acceptWebSocketCommand : acceptSpdyCommand)(upgrade, options);
}

async function serveCommand(
  worker: PodWorker,
  target: StreamTarget,
  call: ConnectCall,
  engine: Engine,
): Promise<undefined> {
  const upgrade = upgradeOf(call);
  const options = optionsOf(target);
  const containerId = runningId(worker, target.container);
  const command = target.query.getAll('command');
  if (target.verb === 'exec' && command.length === 0) {
    throw newBadRequest('you must specify a command to be executed');
  }
  const streams = await accept(upgrade, options);
  if (streams === undefined) return;
  const client = { streams, options };
  if (target.verb === 'exec') {
    void runExec({ engine, containerId }, command, client);
    return;
  }
  const { tty = false, stdinOnce = false } = containerOf(worker.pod, target.container) ?? {};
  void runAttach({ engine, containerId, tty, stdinOnce }, client);
}

async function serveForward(
  worker: PodWorker,
  target: StreamTarget,
  call: ConnectCall,
  engine: Engine,
): Promise<void> {
  const sandbox = worker.actual.sandboxes.find(isRunning);
  if (sandbox === undefined) throw newBadRequest('the pod has no running sandbox');
  const { id } = sandbox.state;
  const onHost = worker.pod.spec?.hostNetwork === true;
  await servePortForward(upgradeOf(call), {
    sandboxId: id,
    ports: portsOf(target.query),
    place: async () => ({
      podIP: worker.memory.podIP ?? '',
      pid: onHost ? 0 : ((await engine.inspectContainer(id))?.pid ?? 0),
    }),
  });
}

async function* ok(): AsyncIterable<Uint8Array> {
  yield Buffer.from('ok');
}

/** serveConnect serves one request of kubelet's streaming paths. Throws StatusErrors. */
export async function serveConnect(
  path: string,
  call: ConnectCall,
  deps: ConnectDeps,
): Promise<ApiBody | undefined> {
  if (path === '/healthz') return { kind: 'bytes', contentType: 'text/plain', bytes: ok() };
  const target = parseConnect(path, call);
  // What kubelet has beside its pods, as its metrics, is not there.
  if (target.pod === '') throw newPathNotFound();
  const worker = deps.find(target.namespace, target.pod);
  if (worker === undefined) throw newNotFound({ group: '', resource: 'pods' }, target.pod);
  switch (target.verb) {
    case 'containerLogs':
      return containerLogs(deps.engine, worker, target);
    case 'exec':
    case 'attach':
      return serveCommand(worker, target, call, deps.engine);
    case 'portForward':
      await serveForward(worker, target, call, deps.engine);
      return undefined;
    default:
      throw newPathNotFound();
  }
}
