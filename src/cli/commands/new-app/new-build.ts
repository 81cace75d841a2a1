import type { BuildConfig } from '../../../apis/build.openshift.io/v1/types.ts';
import type { NewAppOptions } from '../../../new-app/options.ts';
import type { Command, Invocation } from '../../command.ts';
import { OUTPUT_FLAGS } from '../../print/object-printer.ts';
import { readAll } from '../../resources/manifests.ts';
import { carryOut, commonOptions } from './carry-out.ts';
import { NEW_BUILD_FLAGS } from './flags.ts';
import { buildNote } from './new-app.ts';

async function optionsOf(invocation: Invocation): Promise<NewAppOptions> {
  const { flags, io } = invocation;
  const dockerfile = flags.string('dockerfile');
  return {
    ...commonOptions(invocation),
    buildOnly: true,
    binary: flags.bool('binary'),
    dockerfile: dockerfile === '-' ? await readAll(io) : dockerfile.replaceAll('\\n', '\n'),
    to: flags.string('to'),
    outputDocker: flags.bool('to-docker'),
    noOutput: flags.bool('no-output'),
  };
}

async function run(invocation: Invocation): Promise<void> {
  const { io } = invocation;
  const created = await carryOut(invocation, await optionsOf(invocation));
  for (const object of created ?? [])
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
