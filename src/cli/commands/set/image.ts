import { IMAGE_STREAM_TAGS } from '../../../apis/resource-types.ts';
import { tryParseImageReference } from '../../../machinery/image-reference.ts';
import { CliError } from '../../cli-error.ts';
import type { Command, Invocation } from '../../command.ts';
import { boolFlag, stringFlag } from '../../flags/flag-spec.ts';
import { OUTPUT_FLAGS } from '../../print/object-printer.ts';
import { FILENAME_FLAGS, findObjects, SELECTOR_FLAGS } from '../../resources/find-objects.ts';
import { newNothingNamed } from '../../resources/targets.ts';
import { newReport, throwAll } from '../../write/report.ts';
import { DRY_RUN_FLAG } from '../../write/write-flags.ts';
import { changeObject, containersOf, requirePodSpec } from './pod-templates.ts';

/** resolved answers the image that a text means: with `--source=istag` that of an image stream tag. */
async function resolved(text: string, { flags, session }: Invocation): Promise<string> {
  const source = flags.string('source').toLowerCase();
  if (source === '' || source === 'docker') return text;
  if (source !== 'istag' && source !== 'imagestreamtag')
    throw new CliError(
      `invalid source ${JSON.stringify(source)}: must be docker, istag or imagestreamtag`,
    );
  const reference = tryParseImageReference(text);
  if (!reference) throw new CliError(`invalid image reference: ${text}`);
  const client = await session.client();
  const namespace = reference.namespace || session.namespace();
  const name = `${reference.name}:${reference.tag || 'latest'}`;
  const { image } = await client.get(IMAGE_STREAM_TAGS, { namespace, name });
  return image.dockerImageReference ?? text;
}

async function run(invocation: Invocation): Promise<void> {
  const { args, flags } = invocation;
  const pairs = args.filter((arg) => arg.includes('='));
  const objects = args.filter((arg) => !arg.includes('='));
  if (objects.length === 0 && flags.list('filename').length === 0) throw newNothingNamed();
  if (pairs.length === 0) throw new CliError('at least one image update is required');
  const images: { name: string; image: string }[] = [];
  for (const pair of pairs) {
    const equals = pair.indexOf('=');
    const image = await resolved(pair.slice(equals + 1), invocation);
    images.push({ name: pair.slice(0, equals), image });
  }
  const report = await newReport(invocation);
  const errors: unknown[] = [];
  for (const found of await findObjects(invocation, { args: objects }))
    try {
      requirePodSpec(found.object);
      const missing = images.find(
        ({ name }) => name !== '*' && containersOf(found.object, name).length === 0,
      );
      if (missing)
        throw new CliError(`unable to find container named ${JSON.stringify(missing.name)}`);
      const { object, changed } = await changeObject(
        found,
        (draft) => {
          for (const { name, image } of images)
            for (const container of containersOf(draft, name)) container.image = image;
        },
        invocation,
      );
      if (changed) report(object, 'image updated');
    } catch (error) {
      errors.push(error);
    }
  throwAll(errors);
}

export const command: Command = {
  use: 'image (-f FILENAME | TYPE NAME) CONTAINER_NAME_1=CONTAINER_IMAGE_1 ... CONTAINER_NAME_N=CONTAINER_IMAGE_N',
  long: 'Update existing container image(s) of resources.',
  examples: `# Set a deployment config's nginx container image to 'nginx:1.9.1', and its busybox container image to 'busybox'.
{program} set image dc/nginx busybox=busybox nginx=nginx:1.9.1

# Set a deployment config's app container image to the image referenced by the imagestream tag 'openshift/ruby:2.3'.
{program} set image dc/myapp app=openshift/ruby:2.3 --source=imagestreamtag`,
  flags: [
    ...FILENAME_FLAGS,
    ...SELECTOR_FLAGS,
    DRY_RUN_FLAG,
    boolFlag('local', 'If true, set image will NOT contact api-server but run locally.'),
    stringFlag(
      'source',
      "The image source type; valid types are 'imagestreamtag', 'istag' and 'docker'",
      { default: 'docker' },
    ),
    ...OUTPUT_FLAGS,
  ],
  run,
};
