import { CliError } from '../../cli-error.ts';
import type { Invocation } from '../../command.ts';
import type { FlagSpec } from '../../flags/flag-spec.ts';
import { FILENAME_FLAGS, findObjects, SELECTOR_FLAGS } from '../../resources/find-objects.ts';
import { asConfig, type FoundConfig } from './deployment-configs.ts';
import { type FoundDeployment, isDeploymentResource } from './deployments.ts';

/** Target is something with rollouts: a DeploymentConfig or a Deployment. */
export type Target =
  | { readonly of: 'config'; readonly found: FoundConfig }
  | { readonly of: 'deployment'; readonly found: FoundDeployment };

/** TARGET_FLAGS choose the objects of a `rollout` command. */
export const TARGET_FLAGS: readonly FlagSpec[] = [
  ...FILENAME_FLAGS,
  ...SELECTOR_FLAGS.filter(({ name }) => name === 'selector'),
];

/**
 * findTargets gets what a command line names, by type and name, by type alone, or by file.
 * `refusal` is the message about objects of other kinds, from their kind and resource.
 */
export async function findTargets(
  invocation: Invocation,
  refusal: (kind: string, resource: string) => string,
): Promise<Target[]> {
  const { args, flags } = invocation;
  if (args.length === 0 && flags.list('filename').length === 0)
    throw new CliError('required resource not specified');
  const found = await findObjects(invocation, { emptyMeansAll: true });
  return found.map((one) => {
    if (isDeploymentResource(one.mapping)) {
      const deployment = one.object as FoundDeployment['deployment'];
      return { of: 'deployment', found: { ...one, deployment } };
    }
    return { of: 'config', found: asConfig(one, refusal) };
  });
}
