import type { BuildConfig } from '../../../apis/build.openshift.io/v1/types.ts';
import { DEFAULT_NEW_APP_OPTIONS, type NewAppOptions } from '../../../new-app/options.ts';
import { ExitError } from '../../cli-error.ts';
import type { Command, Invocation } from '../../command.ts';
import { OUTPUT_FLAGS } from '../../print/object-printer.ts';
import { readAll } from '../../resources/manifests.ts';
import { createAll } from './bulk-create.ts';
import { NEW_BUILD_FLAGS } from './flags.ts';
import { buildNote } from './new-app.ts';
import { parseLabels, planOf, printPlan, strategyOf } from './plan.ts';

async function optionsOf({ flags, args, session, io }: Invocation): Promise<NewAppOptions> {
  const dockerfile = flags.string('dockerfile');
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
    buildOnly: true,
    binary: flags.bool('binary'),
    dockerfile: dockerfile === '-' ? await readAll(io) : dockerfile.replaceAll('\\n', '\n'),
    to: flags.string('to'),
    outputDocker: flags.bool('to-docker'),
    noOutput: flags.bool('no-output'),
    namespace: session.namespace(),
    program: io.program,
  };
}

async function run(invocation: Invocation): Promise<void> {
  const { flags, io } = invocation;
  const options = await optionsOf(invocation);
  const plan = await planOf(invocation, options);
  if (await printPlan(invocation, plan)) return;
  const namesOnly = flags.string('output') === 'name';
  if (!namesOnly) io.out(plan.description);
  const dryRun = flags.bool('dry-run');
  const { labels } = options;
  const { created, ok } = await createAll(plan.objects, invocation, { labels, dryRun, namesOnly });
  if (!ok) throw new ExitError(1);
  if (namesOnly || dryRun) return;
  for (const object of created)
    if (object.kind === 'BuildConfig') io.out(buildNote(object as BuildConfig, io.program));
}

export const command: Command = {
  use: 'new-build (IMAGE | IMAGESTREAM | PATH | URL ...)',
  long: `Create a new build by specifying source code.

 This command will try to create a build configuration for your application using images and code that has a public repository. It will lookup the images on the local container storage (if available), a container image registry, an integrated image registry, or stored image streams.`,
  examples: `# Create a build config based on the source code in the current git repository (with a public remote) and a container image
{program} new-build . --image=repo/langimage

# Create a NodeJS build config based on the provided [image]~[source code] combination
{program} new-build openshift/nodejs~https://github.com/sclorg/nodejs-ex.git

# Create a build config using a Dockerfile specified as an argument
{program} new-build -D $'FROM centos:7\\nRUN yum install -y httpd'

# Create a build config for uploads
{program} new-build --binary --image-stream=nodejs --name=web`,
  flags: [...NEW_BUILD_FLAGS, ...OUTPUT_FLAGS.filter((flag) => flag.name !== 'output')],
  run,
};
