import type { ImageStream } from '../../apis/image.openshift.io/v1/types.ts';
import { relativeAge } from '../../machinery/relative-time.ts';
import { pairs, Text } from './describer.ts';

type SpecTag = NonNullable<NonNullable<ImageStream['spec']>['tags']>[number];
type StatusTag = NonNullable<NonNullable<ImageStream['status']>['tags']>[number];

function originLine(spec: SpecTag | undefined, stream: ImageStream): string {
  if (!spec) return '  no spec tag';
  const { kind, name = '', namespace } = spec.from ?? {};
  if (!kind) return '  pushed image';
  const isOther = namespace && namespace !== stream.metadata.namespace;
  if (kind === 'ImageStreamTag' && !name.includes(':') && !isOther)
    return `  ${spec.reference ? 'reference to' : 'tagged from'} ${stream.metadata.name}:${name}`;
  const source = kind === 'DockerImage' || !isOther ? name : `${namespace}/${name}`;
  const how = spec.reference
    ? 'reference to registry'
    : spec.importPolicy?.scheduled
      ? 'updates automatically from registry'
      : 'tagged from';
  return `  ${how} ${source}`;
}

function tagLines(tag: string, stream: ImageStream, now: Date): string[] {
  const spec = stream.spec?.tags?.find(({ name }) => name === tag);
  const status: StatusTag | undefined = stream.status?.tags?.find((one) => one.tag === tag);
  const lines = ['', tag, originLine(spec, stream)];
  if (spec?.importPolicy?.insecure) lines.push('    will use insecure HTTPS or HTTP connections');
  if (spec?.referencePolicy?.type === 'Local')
    lines.push('    prefer registry pullthrough when referencing this tag');
  lines.push('');
  for (const [key, value] of Object.entries(spec?.annotations ?? {}))
    if (key === 'description') lines.push(`  ${value}`, '');
  for (const { type, status: state, message } of status?.conditions ?? [])
    if (type === 'ImportSuccess' && state === 'False')
      lines.push(`  ! error: Import failed (${message ?? ''})`);
  (status?.items ?? []).forEach(({ dockerImageReference, created }, index) => {
    lines.push(
      `  ${index === 0 ? '*' : ' '} ${dockerImageReference}`,
      `      ${relativeAge(created, now)}`,
    );
  });
  return lines;
}

/** describeImageStream is what `describe is` prints. */
export function describeImageStream(stream: ImageStream, now: Date): string {
  const { metadata, spec, status } = stream;
  const names = [
    ...new Set([
      ...(spec?.tags ?? []).map(({ name }) => name),
      ...(status?.tags ?? []).map(({ tag }) => tag),
    ]),
  ].sort();
  const images = new Set(
    (status?.tags ?? []).flatMap(({ items }) => (items ?? []).map(({ image }) => image)),
  );
  const text = new Text()
    .field('Name', metadata.name ?? '')
    .field('Namespace', metadata.namespace ?? '')
    .field('Created', relativeAge(metadata.creationTimestamp, now))
    .field('Labels', ...pairs(metadata.labels))
    .field('Annotations', ...pairs(metadata.annotations))
    .field('Image Repository', status?.dockerImageRepository || '<none>')
    .field('Image Lookup', `local=${spec?.lookupPolicy?.local ?? false}`)
    .field('Unique Images', images.size)
    .field('Tags', names.length > 0 ? names.length : '<none>');
  for (const name of names) for (const line of tagLines(name, stream, now)) text.line(line);
  return text.format();
}
