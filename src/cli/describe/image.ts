import type { Image } from '../../apis/image.openshift.io/v1/types.ts';
import { relativeAge } from '../../machinery/relative-time.ts';
import { pairs, Text } from './describer.ts';

interface Metadata {
  readonly Created?: string | null;
  readonly Author?: string;
  readonly Architecture?: string;
  readonly Size?: number;
  readonly Config?: {
    readonly Cmd?: string[] | null;
    readonly Entrypoint?: string[] | null;
    readonly Env?: string[] | null;
    readonly ExposedPorts?: Record<string, unknown> | null;
    readonly Labels?: Record<string, string> | null;
    readonly User?: string;
    readonly Volumes?: Record<string, unknown> | null;
    readonly WorkingDir?: string;
  } | null;
}

const UNITS = ['B', 'kB', 'MB', 'GB', 'TB'];

/** sizeText writes bytes with four significant digits, as `181.5MB`. */
function sizeText(bytes: number): string {
  let size = bytes;
  let unit = 0;
  for (; size >= 1000 && unit < UNITS.length - 1; unit += 1) size /= 1000;
  return `${Number(size.toPrecision(4))}${UNITS[unit]}`;
}

function layerLines({ dockerImageLayers = [] }: Image): string[] {
  return dockerImageLayers.map(({ size, name }) => `${sizeText(size)}\t${name}`);
}

/** describeImage is what is printed about an image; `tag` is the image stream tag that named it. */
export function describeImage(image: Image, now: Date, tag?: string): string {
  const {
    Created,
    Author,
    Architecture,
    Size = 0,
    Config,
  } = (image.dockerImageMetadata ?? {}) as Metadata;
  const { Cmd, Entrypoint, Env, ExposedPorts, Labels, User, Volumes, WorkingDir } = Config ?? {};
  const text = new Text();
  if (tag) text.field('Image Name', tag);
  const layers = image.dockerImageLayers?.length ?? 0;
  text
    .field('Docker Image', image.dockerImageReference ?? '')
    .field('Name', image.metadata?.name ?? '')
    .field('Created', relativeAge(image.metadata?.creationTimestamp ?? now.toISOString(), now))
    .field('Annotations', ...pairs(image.metadata?.annotations))
    .field('Image Size', layers > 0 ? `${sizeText(Size)} in ${layers} layers` : sizeText(Size))
    .field('Layers', ...layerLines(image))
    .field('Image Created', relativeAge(Created ?? undefined, now))
    .field('Author', Author || '<none>')
    .field('Arch', Architecture || '<none>');
  if (Entrypoint?.length) text.field('Entrypoint', Entrypoint.join(' '));
  if (Cmd?.length) text.field('Command', Cmd.join(' '));
  text
    .field('Working Dir', WorkingDir || '<none>')
    .field('User', User || '<none>')
    .field(
      'Exposes Ports',
      Object.keys(ExposedPorts ?? {})
        .sort()
        .join(', ') || '<none>',
    )
    .field('Docker Labels', ...pairs(Labels ?? {}));
  if (Env?.length) text.field('Environment', ...Env);
  if (Volumes && Object.keys(Volumes).length > 0)
    text.field('Volumes', ...Object.keys(Volumes).sort());
  return text.format();
}
