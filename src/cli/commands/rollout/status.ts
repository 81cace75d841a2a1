import type { Deployment } from '../../../apis/apps/v1/types.ts';
import type { DeploymentConfig } from '../../../apis/apps.openshift.io/v1/types.ts';
import type { KubeObject } from '../../../machinery/object.ts';
import { CliError } from '../../cli-error.ts';
import type { Command, Invocation } from '../../command.ts';
import { boolFlag, durationFlag, intFlag } from '../../flags/flag-spec.ts';
import { awaitedReplicas, deploymentState } from './deployments.ts';
import { findTargets, TARGET_FLAGS, type Target } from './targets.ts';

/** RolloutState is how far a rollout is: a line, and whether it is over. A failed one throws. */
export interface RolloutState {
  readonly text: string;
  readonly isDone: boolean;
}

/** rolloutState reads the state of a DeploymentConfig's rollout as `oc rollout status` words it. */
function rolloutState(config: DeploymentConfig, revision: number, program: string): RolloutState {
  const { metadata, spec, status } = config;
  const name = JSON.stringify(metadata.name);
  const latest = status?.latestVersion ?? 0;
  const triggers = spec?.triggers ?? [];
  if (latest === 0) {
    if (triggers.some(({ type }) => type === 'ImageChange'))
      return { text: `Deployment config ${name} waiting on image update\n`, isDone: false };
    if (triggers.length === 0)
      throw new CliError(
        `Deployment config ${name} waiting on manual update (use '${program} rollout latest ${metadata.name}')`,
      );
  }
  if (revision > 0 && latest !== revision)
    throw new CliError(
      `desired revision (${revision}) is different from the running revision (${latest})`,
    );
  const observed = status?.observedGeneration ?? 0;
  if ((metadata.generation ?? 0) > observed) return notObserved();
  return progressOf(config);
}

function notObserved(): RolloutState {
  const text =
    'Waiting for latest deployment config spec to be observed by the controller loop...\n';
  return { text, isDone: false };
}

function progressOf({ metadata, spec, status }: DeploymentConfig): RolloutState {
  const progressing = status?.conditions?.find(({ type }) => type === 'Progressing');
  const { reason, message = '' } = progressing ?? {};
  if (reason === 'NewReplicationControllerAvailable') return { text: `${message}\n`, isDone: true };
  if (reason === 'ProgressDeadlineExceeded' || reason === 'RolloutCancelled')
    throw new CliError(message);
  if (reason === 'DeploymentConfigPaused')
    throw new CliError(
      `Deployment config ${JSON.stringify(metadata.name)} is paused. Resume to continue watching the status of the rollout.\n`,
    );
  const waiting = awaitedReplicas(spec?.replicas ?? 0, status ?? {});
  if (waiting === undefined) return notObserved();
  return { text: `Waiting for rollout to finish: ${waiting}...\n`, isDone: false };
}

class Watcher {
  private last = '';
  private readonly kind: Target['of'];
  private readonly invocation: Invocation;

  constructor(kind: Target['of'], invocation: Invocation) {
    this.kind = kind;
    this.invocation = invocation;
  }

  private stateOf(object: KubeObject): RolloutState {
    const { io, flags } = this.invocation;
    const revision = flags.int('revision');
    return this.kind === 'deployment'
      ? deploymentState(object as Deployment, revision)
      : rolloutState(object as DeploymentConfig, revision, io.program);
  }

  /** show prints a state once and answers whether the rollout is over. */
  show(object: KubeObject): boolean {
    const { io, flags } = this.invocation;
    const { text, isDone } = this.stateOf(object);
    if (text !== this.last) io.out(text);
    this.last = text;
    return isDone || !flags.bool('watch');
  }
}

async function follow({ of, found }: Target, invocation: Invocation): Promise<void> {
  const { session, io, flags } = invocation;
  const { mapping, object } = found;
  const watcher = new Watcher(of, invocation);
  if (watcher.show(object)) return;
  const timeoutMs = flags.durationMs('timeout');
  const signals = timeoutMs > 0 ? [io.signal, AbortSignal.timeout(timeoutMs)] : [io.signal];
  const signal = AbortSignal.any(signals);
  const client = await session.client();
  const fieldSelector = `metadata.name=${object.metadata.name}`;
  const namespace = object.metadata.namespace ?? session.namespace();
  try {
    for (;;) {
      const { items, metadata } = await client.list(mapping, { namespace, fieldSelector });
      const [current] = items;
      if (!current) throw new CliError('object has been deleted');
      if (watcher.show(current)) return;
      const { resourceVersion = '' } = metadata;
      const query = { namespace, fieldSelector, resourceVersion, signal };
      for await (const event of await client.watch(mapping, query)) {
        const { type } = event;
        if (type === 'DELETED') throw new CliError('object has been deleted');
        if (type === 'ERROR') break;
        if (type !== 'BOOKMARK' && watcher.show(event.object)) return;
      }
    }
  } catch (error) {
    if (io.signal.aborted) return;
    if (signal.aborted) throw new CliError('timed out waiting for the condition', { cause: error });
    throw error;
  }
}

async function run(invocation: Invocation): Promise<void> {
  const refusal = (kind: string) => `no status viewer has been implemented for ${kind}`;
  for (const target of await findTargets(invocation, refusal)) await follow(target, invocation);
}

export const command: Command = {
  use: 'status (TYPE NAME | TYPE/NAME)',
  long: "Show the status of the rollout.\n\n By default 'rollout status' will watch the status of the latest rollout until it's done. If you don't want to wait for the rollout to finish then you can use --watch=false.",
  examples:
    '# Watch the status of the latest rollout\n{program} rollout status dc/nginx\n{program} rollout status deployment/nginx',
  flags: [
    ...TARGET_FLAGS,
    intFlag(
      'revision',
      'Pin to a specific revision for showing its status. Defaults to 0 (last revision).',
    ),
    durationFlag(
      'timeout',
      'The length of time to wait before ending watch, zero means never. Any other values should contain a corresponding time unit (e.g. 1s, 2m, 3h).',
    ),
    boolFlag('watch', "Watch the status of the rollout until it's done.", {
      short: 'w',
      default: true,
    }),
  ],
  run,
};
