import type { DeploymentConfig } from '../../../apis/apps.openshift.io/v1/types.ts';
import { DEPLOYMENT_CONFIGS, REPLICATION_CONTROLLERS } from '../../../apis/resource-types.ts';
import { relativeDuration } from '../../../machinery/relative-time.ts';
import { CliError } from '../../cli-error.ts';
import type { Command, Invocation } from '../../command.ts';
import { intFlag } from '../../flags/flag-spec.ts';
import { OUTPUT_FLAGS } from '../../print/object-printer.ts';
import { newReport, throwAll } from '../../write/report.ts';
import { DRY_RUN_FLAG, dryRunOf, writeOptionsOf } from '../../write/write-flags.ts';
import {
  type FoundConfig,
  findConfigs,
  isEnded,
  PHASE,
  phaseOf,
  rolloutsOf,
  versionOf,
} from './deployment-configs.ts';
import { findTargets, TARGET_FLAGS, type Target } from './targets.ts';
import { undoDeployment } from './undo-deployment.ts';

/** Change does something to one DeploymentConfig and answers what it did, or nothing to print. */
type Change = (found: FoundConfig, invocation: Invocation) => Promise<string | undefined>;

/** TargetChange does something to one DeploymentConfig or Deployment and answers what it did. */
type TargetChange = (target: Target, invocation: Invocation) => Promise<string>;

async function mergeInto({ found }: Target, body: object, invocation: Invocation): Promise<void> {
  const dryRun = dryRunOf(invocation);
  if (dryRun === 'client') return;
  const { session, flags } = invocation;
  const client = await session.client();
  const { mapping, namespace, object } = found;
  const ref = { namespace, name: object.metadata.name ?? '' };
  const patch = { type: 'application/merge-patch+json', body } as const;
  await client.patch(mapping, ref, patch, writeOptionsOf(flags, dryRun));
}

const isPaused = ({ of, found }: Target): boolean =>
  (of === 'config' ? found.config : found.deployment).spec?.paused ?? false;

/** subject names an object in a message: `deployments.apps "web"`. */
function subject({ found }: Target): string {
  const { resource, group } = found.mapping;
  return `${resource}.${group} ${JSON.stringify(found.object.metadata.name)}`;
}

function pausing(paused: boolean): TargetChange {
  return async (target, invocation) => {
    if (isPaused(target) === paused)
      throw new CliError(`${subject(target)} is ${paused ? 'already paused' : 'not paused'}`);
    await mergeInto(target, { spec: { paused } }, invocation);
    return paused ? 'paused' : 'resumed';
  };
}

const restart: TargetChange = async (target, invocation) => {
  const kind = target.of === 'config' ? 'deployment config' : 'deployment';
  if (isPaused(target))
    throw new CliError(
      `${subject(target)} can't restart paused ${kind} (run rollout resume first)`,
    );
  const restartedAt = invocation.io
    .now()
    .toISOString()
    .replace(/\.\d+Z$/, 'Z');
  const annotations = { 'kubectl.kubernetes.io/restartedAt': restartedAt };
  await mergeInto(target, { spec: { template: { metadata: { annotations } } } }, invocation);
  return 'restarted';
};

const undoConfig: Change = async ({ config, namespace }, { session, flags, io }) => {
  const name = config.metadata.name ?? '';
  if (config.spec?.paused)
    throw new CliError(
      `cannot rollback a paused config; resume it first with 'rollout resume dc/${name}' and try again`,
    );
  const client = await session.client();
  const ref = { namespace, name };
  const rolledBack: DeploymentConfig = await client.post(DEPLOYMENT_CONFIGS, ref, 'rollback', {
    apiVersion: 'apps.openshift.io/v1',
    kind: 'DeploymentConfigRollback',
    name,
    spec: {
      from: {},
      revision: flags.int('to-revision'),
      includeTemplate: true,
      includeTriggers: false,
      includeReplicationMeta: false,
      includeStrategy: false,
    },
  });
  if (dryRunOf({ flags, io }) === 'none') await client.update(DEPLOYMENT_CONFIGS, rolledBack);
  return 'rolled back';
};

const undo: TargetChange = async ({ of, found }, invocation) => {
  if (of === 'deployment') return undoDeployment(found, invocation);
  return (await undoConfig(found, invocation)) ?? '';
};

const cancel: Change = async (found, invocation) => {
  const { session, io } = invocation;
  const { name, namespace } = found.config.metadata;
  if (found.config.spec?.paused)
    throw new CliError(`unable to cancel paused deployment ${namespace}/${name}`);
  const rollouts = await rolloutsOf(found, invocation);
  const [latest] = rollouts;
  if (!latest)
    throw new CliError(`there have been no replication controllers for ${namespace}/${name}\n`);
  const running = rollouts.filter((one) => !isEnded(one));
  if (running.length === 0) {
    const { creationTimestamp = '' } = latest.metadata;
    const time = relativeDuration(io.now().getTime() - Date.parse(creationTimestamp)).toLowerCase();
    io.out(
      `No rollout is in progress (latest rollout #${versionOf(latest)} ${phaseOf(latest).toLowerCase()} ${time} ago)\n`,
    );
    return undefined;
  }
  const client = await session.client();
  const annotations = {
    'openshift.io/deployment.cancelled': 'true',
    'openshift.io/deployment.status-reason': 'cancelled by the user',
  };
  for (const { metadata } of running) {
    if (metadata.annotations?.['openshift.io/deployment.cancelled'] === 'true')
      return 'already cancelled';
    await client.patch(
      REPLICATION_CONTROLLERS,
      { namespace, name: metadata.name ?? '' },
      { type: 'application/merge-patch+json', body: { metadata: { annotations } } },
    );
  }
  return 'cancelling';
};

const retry: Change = async (found, invocation) => {
  const { session, io } = invocation;
  const { metadata, spec, status } = found.config;
  const { name, namespace } = metadata;
  const version = status?.latestVersion ?? 0;
  if (spec?.paused)
    throw new CliError(`unable to retry paused deployment config ${JSON.stringify(name)}`);
  if (version === 0) throw new CliError(`no rollouts found for ${JSON.stringify(name)}`);
  const rollout = (await rolloutsOf(found, invocation)).find((one) => versionOf(one) === version);
  if (!rollout)
    throw new CliError(
      `unable to find the latest rollout (#${version}).\nYou can start a new rollout with '${io.program} rollout latest dc/${name}'.`,
    );
  const phase = phaseOf(rollout);
  if (phase !== 'Failed')
    throw new CliError(
      `rollout #${version} is ${phase.toLowerCase()}; only failed deployments can be retried.\n${
        phase === 'Complete'
          ? `You can start a new deployment with '${io.program} rollout latest dc/${name}'.`
          : `Optionally, you can cancel this deployment with '${io.program} rollout cancel dc/${name}'.`
      }`,
    );
  const annotations = {
    [PHASE]: 'New',
    'openshift.io/deployment.status-reason': null,
    'openshift.io/deployment.cancelled': null,
  };
  const client = await session.client();
  await client.patch(
    REPLICATION_CONTROLLERS,
    { namespace, name: rollout.metadata.name ?? '' },
    { type: 'application/merge-patch+json', body: { metadata: { annotations } } },
  );
  return `retried rollout #${version}`;
};

function command(name: string, more: Partial<Command>, run: Command['run']): Command {
  return {
    use: `${name} (TYPE NAME | TYPE/NAME)`,
    examples: `{program} rollout ${name} dc/nginx`,
    ...more,
    flags: [...(more.flags ?? []), ...TARGET_FLAGS, DRY_RUN_FLAG, ...OUTPUT_FLAGS],
    run,
  };
}

function configCommand(name: string, change: Change, more: Partial<Command>): Command {
  return command(name, more, async (invocation) => {
    const report = await newReport(invocation);
    for (const found of await findConfigs(invocation, `rollout ${name}`)) {
      const done = await change(found, invocation);
      if (done !== undefined) report(found.config, done);
    }
  });
}

function targetCommand(
  name: string,
  change: TargetChange,
  refusal: (kind: string, resource: string) => string,
  more: Partial<Command>,
): Command {
  const examples = `{program} rollout ${name} dc/nginx\n{program} rollout ${name} deployment/nginx`;
  return command(name, { examples, ...more }, async (invocation) => {
    const report = await newReport(invocation);
    const errors: unknown[] = [];
    for (const target of await findTargets(invocation, refusal))
      try {
        report(target.found.object, await change(target, invocation));
      } catch (error) {
        errors.push(error);
      }
    throwAll(errors);
  });
}

const unsupported = (verb: string) => (_: string, resource: string) =>
  `${resource} ${verb} is not supported`;

export const pauseCommand = targetCommand('pause', pausing(true), unsupported('pausing'), {
  long: 'Mark the provided resource as paused.\n\n Paused resources will not be reconciled by a controller. Use "rollout resume" to resume a paused resource.',
});

export const resumeCommand = targetCommand('resume', pausing(false), unsupported('resuming'), {
  long: 'Resume a paused resource.\n\n Paused resources will not be reconciled by a controller. By resuming a resource, we allow it to be reconciled again.',
});

export const restartCommand = targetCommand('restart', restart, unsupported('restarting'), {
  long: 'Restart a resource.\n\n Resource will be rollout restarted.',
});

export const undoCommand = targetCommand(
  'undo',
  undo,
  (kind) => `no rollbacker has been implemented for ${JSON.stringify(kind)}`,
  {
    long: 'Revert an application back to a previous deployment.',
    flags: [intFlag('to-revision', 'The revision to rollback to. Default to 0 (last revision).')],
  },
);

export const cancelCommand = configCommand('cancel', cancel, {
  long: 'Cancel the in-progress deployment.\n\n Running this command will cause the current in-progress deployment to be cancelled, but keep in mind that this is a best-effort operation and may take some time to complete.',
});

export const retryCommand = configCommand('retry', retry, {
  long: 'If a rollout fails, you may opt to retry it (if the error was transient). Some rollouts may never successfully complete - in which case you can use the rollout latest to force a redeployment.',
});
