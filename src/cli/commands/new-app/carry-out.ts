import type { KubeObject } from '../../../machinery/object.ts';
import { DEFAULT_NEW_APP_OPTIONS, type NewAppOptions } from '../../../new-app/options.ts';
import { ExitError } from '../../cli-error.ts';
import type { Invocation } from '../../command.ts';
import { createAll } from './bulk-create.ts';
import { parseLabels, planOf, printPlan, strategyOf } from './plan.ts';

/** commonOptions are what new-app and new-build are told alike. */
export function commonOptions({ flags, args, session, io }: Invocation): NewAppOptions {
  return {
    ...DEFAULT_NEW_APP_OPTIONS,
    args,
    code: flags.list('code'),
    images: [...flags.list('image'), ...flags.list('docker-image')],
    imageStreams: flags.list('image-stream'),
    name: flags.string('name'),
    env: flags.list('env'),
    buildArgs: flags.list('build-arg'),
    labels: parseLabels(flags.string('labels')),
    contextDir: flags.string('context-dir'),
    strategy: strategyOf(flags.string('strategy')),
    allowMissingImages: flags.bool('allow-missing-images'),
    allowMissingImageStreamTags: flags.bool('allow-missing-imagestream-tags'),
    insecureRegistry: flags.bool('insecure-registry'),
    namespace: session.namespace(),
    program: io.program,
  };
}

/**
 * carryOut plans what the options ask for and prints or creates it. It answers what there is to tell
 * more of: nothing, where the plan was printed, only names are wanted or nothing was to be written.
 */
export async function carryOut(
  invocation: Invocation,
  options: NewAppOptions,
): Promise<readonly KubeObject[] | undefined> {
  const { flags, io } = invocation;
  const plan = await planOf(invocation, options);
  if (await printPlan(invocation, plan)) return undefined;
  const namesOnly = flags.string('output') === 'name';
  if (!namesOnly) io.out(plan.description);
  const dryRun = flags.bool('dry-run');
  const { labels } = options;
  const { created, ok } = await createAll(plan.objects, invocation, { labels, dryRun, namesOnly });
  if (!ok) throw new ExitError(1);
  return namesOnly || dryRun ? undefined : created;
}
