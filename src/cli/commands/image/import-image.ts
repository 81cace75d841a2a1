import type { ImageStream, ImageStreamImport } from '../../../apis/image.openshift.io/v1/types.ts';
import { IMAGE_STREAM_IMPORTS, IMAGE_STREAMS } from '../../../apis/resource-types.ts';
import { tryParseImageReference } from '../../../machinery/image-reference.ts';
import { isNotFound } from '../../../machinery/status-error.ts';
import { CliError } from '../../cli-error.ts';
import type { Command, Invocation } from '../../command.ts';
import { describeImage } from '../../describe/image.ts';
import { describeImageStream } from '../../describe/image-stream.ts';
import { boolFlag, stringFlag } from '../../flags/flag-spec.ts';

interface Wanted {
  readonly name: string;
  readonly tag: string;
  /** What to import: an image's reference. */
  readonly from: string;
}

async function streamOf(name: string, { session }: Invocation): Promise<ImageStream | undefined> {
  const client = await session.client();
  return client
    .get(IMAGE_STREAMS, { namespace: session.namespace(), name })
    .catch((error: unknown) => {
      if (isNotFound(error)) return undefined;
      throw error;
    });
}

async function wantedOf(
  invocation: Invocation,
): Promise<{ wanted: Wanted; stream: ImageStream | undefined }> {
  const { args, flags } = invocation;
  const [text] = args;
  if (text === undefined)
    throw new CliError(
      'the image name must be a valid container image pull spec or reference to an image stream (e.g. myregistry/myteam/image:tag)',
    );
  const reference = tryParseImageReference(text);
  if (!reference) throw new CliError(`invalid image reference: ${text}`);
  const { name } = reference;
  const tag = reference.tag || 'latest';
  const from = flags.string('from');
  const stream = await streamOf(name, invocation);
  if (!stream && !flags.bool('confirm'))
    throw new CliError(
      from === ''
        ? `no image stream named ${JSON.stringify(name)} exists, pass --confirm to create and import`
        : `the image stream does not exist, pass --confirm to create and import`,
    );
  const spec = stream?.spec?.tags?.find((one) => one.name === tag);
  const known = spec?.from?.kind === 'DockerImage' ? spec.from.name : undefined;
  if (from !== '' && known !== undefined && known !== from && !flags.bool('confirm'))
    throw new CliError(
      `the tag ${JSON.stringify(tag)} points to ${known}, pass --confirm to import ${from} instead`,
    );
  const image = from || known || (reference.registry !== '' || !stream ? text : '');
  if (image === '')
    throw new CliError(
      `the tag ${JSON.stringify(tag)} does not exist on the image stream - choose an existing tag to import or use the 'tag' command to create a new tag`,
    );
  return { wanted: { name, tag, from: image }, stream };
}

function requestOf(
  { name, tag, from }: Wanted,
  stream: ImageStream | undefined,
  { flags, session }: Invocation,
) {
  const insecure = flags.bool('insecure');
  const scheduled = flags.bool('scheduled');
  const referencePolicy = {
    type: flags.string('reference-policy') === 'local' ? 'Local' : 'Source',
  };
  return {
    apiVersion: 'image.openshift.io/v1',
    kind: 'ImageStreamImport',
    metadata: {
      name,
      namespace: session.namespace(),
      ...(stream ? { resourceVersion: stream.metadata.resourceVersion } : {}),
    },
    spec: {
      import: true,
      images: [
        {
          from: { kind: 'DockerImage', name: from },
          to: { name: tag },
          importPolicy: { ...(insecure ? { insecure } : {}), ...(scheduled ? { scheduled } : {}) },
          referencePolicy,
        },
      ],
    },
    status: {},
  } as ImageStreamImport;
}

async function run(invocation: Invocation): Promise<void> {
  const { session, io, flags } = invocation;
  const { wanted, stream } = await wantedOf(invocation);
  const client = await session.client();
  const answer = await client.create(IMAGE_STREAM_IMPORTS, requestOf(wanted, stream, invocation));
  const [result] = answer.status?.images ?? [];
  const failure = result?.status?.status === 'Failure' ? (result.status.message ?? '') : undefined;
  if (failure !== undefined && !result?.image)
    throw new CliError(`tag ${wanted.tag} failed: ${failure}`);
  const name = `imagestream.image.openshift.io/${wanted.name}`;
  io.out(`${name} imported${flags.bool('dry-run') ? ' (dry run)' : ''}\n\n`);
  const imported = answer.status?.import ?? (await streamOf(wanted.name, invocation));
  if (imported) io.out(`${describeImageStream(imported, io.now())}\n`);
  if (result?.image)
    io.out(`${describeImage(result.image, io.now(), `${wanted.name}:${wanted.tag}`)}\n`);
}

export const command: Command = {
  use: 'import-image IMAGESTREAM[:TAG]',
  long: `Import the latest image information from a tag in a container image registry.

 Image streams allow you to control which images are rolled out to your builds and applications. This command fetches the latest version of an image from a remote repository and updates the image stream tag if it does not match the previous value. Running the command multiple times will not create duplicate entries. When importing an image, only the image metadata is copied, not the image contents.`,
  examples: `# Import tag latest into a new image stream
{program} import-image mystream --from=registry.io/repo/image:latest --confirm

# Update imported data for tag latest in an already existing image stream
{program} import-image mystream`,
  flags: [
    boolFlag('confirm', 'If true, allow the image stream import location to be set or changed'),
    stringFlag('from', 'A container image repository to import images from'),
    boolFlag(
      'dry-run',
      'Fetch information about images without creating or updating an image stream.',
    ),
    boolFlag(
      'insecure',
      'If true, allow importing from registries that have invalid HTTPS certificates or are hosted via HTTP. This flag will take precedence over the insecure annotation.',
    ),
    stringFlag(
      'reference-policy',
      "Allow to request pullthrough for external image when set to 'local'. Defaults to 'source'.",
      { default: 'source' },
    ),
    boolFlag(
      'scheduled',
      'Set each imported container image to be periodically imported from a remote repository. Defaults to false.',
    ),
  ],
  run,
};
