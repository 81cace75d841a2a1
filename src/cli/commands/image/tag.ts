import type {
  ImageStream,
  ImageStreamTag,
  TagReference,
} from '../../../apis/image.openshift.io/v1/types.ts';
import { IMAGE_STREAM_TAGS, IMAGE_STREAMS } from '../../../apis/resource-types.ts';
import { exactReference, tryParseImageReference } from '../../../machinery/image-reference.ts';
import { isNotFound } from '../../../machinery/status-error.ts';
import { CliError, UsageError } from '../../cli-error.ts';
import type { Command, Invocation } from '../../command.ts';
import { boolFlag, stringFlag } from '../../flags/flag-spec.ts';

interface Target {
  readonly namespace: string;
  readonly name: string;
  readonly tag: string;
}

function targetOf(text: string, namespace: string): Target {
  const reference = tryParseImageReference(text);
  if (reference?.registry !== '')
    throw new CliError(`server in SPEC is only allowed when providing a container image`);
  if (reference.tag === '') throw new CliError('destination tag is required');
  return { namespace: reference.namespace || namespace, name: reference.name, tag: reference.tag };
}

function sourceKind({ flags }: Invocation, source: string): string {
  const asked = flags.string('source').toLowerCase();
  const kinds: Record<string, string> = {
    imagestreamtag: 'ImageStreamTag',
    istag: 'ImageStreamTag',
    imagestreamimage: 'ImageStreamImage',
    isimage: 'ImageStreamImage',
    docker: 'DockerImage',
    dockerimage: 'DockerImage',
  };
  if (asked !== '') {
    const kind = kinds[asked];
    if (!kind)
      throw new CliError(
        'invalid source: must be imagestreamtag, istag, imagestreamimage, isimage or docker',
      );
    return kind;
  }
  const reference = tryParseImageReference(source);
  if (!reference) throw new CliError(`invalid image reference: ${source}`);
  if (reference.registry !== '') return 'DockerImage';
  if (reference.id !== '') return 'ImageStreamImage';
  return 'ImageStreamTag';
}

interface SourceOfTag {
  readonly from: NonNullable<TagReference['from']>;
  /** How the message names it. */
  readonly text: string;
}

async function sourceOf(source: string, invocation: Invocation): Promise<SourceOfTag> {
  const { flags, session } = invocation;
  const kind = sourceKind(invocation, source);
  const reference = tryParseImageReference(source);
  if (!reference) throw new CliError(`invalid image reference: ${source}`);
  if (kind === 'DockerImage') {
    const name = exactReference(reference);
    return { from: { kind, name }, text: name };
  }
  const namespace = reference.namespace || session.namespace();
  const current = namespace === session.namespace() ? {} : { namespace };
  if (kind === 'ImageStreamImage') {
    const name = `${reference.name}@${reference.id}`;
    return { from: { kind, name, ...current }, text: name };
  }
  const name = `${reference.name}:${reference.tag || 'latest'}`;
  if (flags.bool('alias') || flags.bool('reference'))
    return { from: { kind, name, ...current }, text: name };
  return pinned(
    { namespace, name: reference.name, tag: reference.tag || 'latest' },
    current,
    invocation,
  );
}

/** pinned names the image that a tag points to now. */
async function pinned(
  source: Target,
  current: object,
  { session }: Invocation,
): Promise<SourceOfTag> {
  const client = await session.client();
  const { namespace, name, tag } = source;
  const stream = await client.get(IMAGE_STREAMS, { namespace, name });
  const item = stream.status?.tags?.find((one) => one.tag === tag)?.items?.[0];
  if (!item)
    throw new CliError(
      `${JSON.stringify(`${name}:${tag}`)} is not currently pointing to an image, cannot use it as the source of a tag`,
    );
  const { image, dockerImageReference = '' } = item;
  if (!image)
    return {
      from: { kind: 'DockerImage', name: dockerImageReference },
      text: dockerImageReference,
    };
  const id = `${name}@${image}`;
  return { from: { kind: 'ImageStreamImage', name: id, ...current }, text: id };
}

async function writeTag(
  target: Target,
  { from }: SourceOfTag,
  { session, flags }: Invocation,
): Promise<void> {
  const client = await session.client();
  const insecure = flags.bool('insecure');
  const scheduled = flags.bool('scheduled');
  const tag: TagReference = {
    name: target.tag,
    from,
    importPolicy: { ...(insecure ? { insecure } : {}), ...(scheduled ? { scheduled } : {}) },
    referencePolicy: { type: flags.string('reference-policy') === 'local' ? 'Local' : 'Source' },
    ...(flags.bool('reference') ? { reference: true } : {}),
  };
  const { namespace, name } = target;
  const object = {
    apiVersion: 'image.openshift.io/v1',
    kind: 'ImageStreamTag',
    metadata: { namespace, name: `${name}:${target.tag}` },
    tag,
  } as unknown as ImageStreamTag;
  await client.update(IMAGE_STREAM_TAGS, object).catch(async (error: unknown) => {
    if (!isNotFound(error)) throw error;
    await client.create(IMAGE_STREAM_TAGS, object);
  });
}

async function removeTag(target: Target, { session, io }: Invocation): Promise<void> {
  const client = await session.client();
  const { namespace, name, tag } = target;
  try {
    await client.delete(IMAGE_STREAM_TAGS, { namespace, name: `${name}:${tag}` });
  } catch (error) {
    if (!isNotFound(error)) throw error;
    const stream: ImageStream = await client.get(IMAGE_STREAMS, { namespace, name });
    throw new CliError(`tag ${JSON.stringify(`${stream.metadata.name}:${tag}`)} does not exist.`, {
      cause: error,
    });
  }
  io.out(`Deleted tag ${namespace}/${name}:${tag}.\n`);
}

async function run(invocation: Invocation): Promise<void> {
  const { args, flags, session, io } = invocation;
  const [source, ...targets] = args;
  if (flags.bool('delete')) {
    if (args.length === 0) throw new CliError('at least a destination is required');
    for (const text of args) await removeTag(targetOf(text, session.namespace()), invocation);
    return;
  }
  if (source === undefined)
    throw new UsageError(
      'you must specify a source and at least one destination or one or more tags to delete',
    );
  if (targets.length === 0) throw new CliError('at least a destination is required');
  const found = await sourceOf(source, invocation);
  for (const text of targets) {
    const target = targetOf(text, session.namespace());
    await writeTag(target, found, invocation);
    const place = target.namespace === session.namespace() ? '' : `${target.namespace}/`;
    const name = `${place}${target.name}:${target.tag}`;
    io.out(
      flags.bool('alias')
        ? `Tag ${name} set up to track ${found.text}.\n`
        : flags.bool('scheduled')
          ? `Tag ${name} set to import ${found.text} periodically.\n`
          : `Tag ${name} set to ${found.text}.\n`,
    );
  }
}

export const command: Command = {
  use: 'tag [--source=SOURCETYPE] SOURCE DEST [DEST ...]',
  long: `Tag existing images into image streams.

 The tag command allows you to take an existing tag or image from an image stream, or a container image pull spec, and set it as the most recent image for a tag in 1 or more other image streams. It is similar to the 'docker tag' command, but it operates on image streams instead.`,
  examples: `# Tag the current image for the image stream 'openshift/ruby' and tag '2.0' into the image stream 'yourproject/ruby with tag 'tip'
{program} tag openshift/ruby:2.0 yourproject/ruby:tip

# Tag an external container image
{program} tag --source=docker openshift/origin-control-plane:latest yourproject/ruby:tip

# Remove the specified spec tag from an image stream
{program} tag openshift/origin-control-plane:latest -d`,
  flags: [
    boolFlag(
      'alias',
      'Should the destination tag be updated whenever the source tag changes. Applies only to a single image stream. Defaults to false.',
    ),
    boolFlag('delete', 'Delete the provided spec tags.', { short: 'd' }),
    boolFlag(
      'insecure',
      'Set to true if importing the specified container image requires HTTP or has a self-signed certificate. Defaults to false.',
    ),
    boolFlag(
      'reference',
      'Should the destination tag continue to pull from the source namespace. Defaults to false.',
    ),
    stringFlag(
      'reference-policy',
      "Allow to request pullthrough for external image when set to 'local'. Defaults to 'source'.",
      { default: 'source' },
    ),
    boolFlag(
      'scheduled',
      'Set a container image to be periodically imported from a remote repository. Defaults to false.',
    ),
    stringFlag(
      'source',
      "Optional hint for the source type; valid values are 'imagestreamtag', 'istag', 'imagestreamimage', 'isimage', and 'docker'.",
    ),
  ],
  run,
};
