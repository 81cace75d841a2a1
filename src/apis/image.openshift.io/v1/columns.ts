import { parseImageStreamImageName, splitImageStreamTag } from './names.ts';
import { agoText } from './relative-time.ts';
import type { ImageStream, ImageTag, NamedTagEventList, TagReference } from './types.ts';

const TAGS_WIDTH = 40;

function tagsByAge(histories: readonly NamedTagEventList[]): string[] {
  const dated = histories.map(({ tag, items }) => ({
    tag,
    time: Date.parse(items?.[0]?.created ?? '') || 0,
  }));
  dated.sort((a, b) => b.time - a.time || (a.tag < b.tag ? -1 : 1));
  return dated.map(({ tag }) => tag);
}

/** tagsThatFit counts how many tags are shown: at least one, and about as many as fit the width. */
function tagsThatFit(tags: readonly string[]): number {
  let remaining = TAGS_WIDTH;
  for (const [index, tag] of tags.entries()) {
    remaining -= tag.length + 1;
    if (remaining >= 0) continue;
    if (index === 0) return 1;
    const margin = Math.trunc(TAGS_WIDTH / 4);
    if (margin < remaining + tag.length && margin >= -remaining) continue;
    return index;
  }
  return tags.length;
}

/** tagsText is the TAGS cell of an image stream, the newest tag first: `prod,1.0`. */
export function tagsText(stream: ImageStream): string {
  const tags = tagsByAge(stream.status?.tags ?? []);
  const shown = tags.slice(0, tagsThatFit(tags));
  const hidden = tags.length - shown.length;
  return hidden > 0 ? `${shown.join(',')} + ${hidden} more...` : shown.join(',');
}

/** updatedText is the UPDATED cell of an image stream: when a tag last moved. */
export function updatedText(stream: ImageStream, now: Date): string {
  const times = (stream.status?.tags ?? []).map((one) => one.items?.[0]?.created ?? '');
  return agoText(times.sort().at(-1), now);
}

/** repositoryText is the IMAGE REPOSITORY cell. */
export function repositoryText({ spec, status }: ImageStream): string {
  return (
    status?.publicDockerImageRepository ||
    spec?.dockerImageRepository ||
    status?.dockerImageRepository ||
    ''
  );
}

interface TagSummary {
  kind: string;
  source: string;
  status: string;
}

function summaryOfSpec(spec: TagReference | undefined): TagSummary {
  if (!spec?.from) return { kind: '', source: '', status: '' };
  const kind = spec.importPolicy?.scheduled ? 'Scheduled' : spec.reference ? 'Ref' : 'Tag';
  const name = spec.from.name ?? '';
  switch (spec.from.kind) {
    case 'DockerImage':
      return { kind, source: name, status: '' };
    case 'ImageStreamImage': {
      const parsed = parseImageStreamImageName(name);
      return parsed
        ? { kind, source: `image/${parsed.id}`, status: '' }
        : { kind, source: '', status: 'InvalidRefName' };
    }
    case 'ImageStreamTag': {
      const { namespace } = spec.from;
      const source = namespace ? `istag ${namespace}/${name}` : `istag/${name}`;
      return { kind: splitImageStreamTag(name).isExact ? kind : 'Track', source, status: '' };
    }
    default:
      return { kind, source: '', status: 'InvalidRefKind' };
  }
}

function addHistory(summary: TagSummary, tag: ImageTag): void {
  const event = tag.status?.items?.[0];
  const wanted = tag.spec?.generation ?? 0;
  if (event) {
    if (wanted > 0 && event.generation > 0 && event.generation < wanted)
      summary.status = 'Importing';
    else summary.source = event.image ? `image/${event.image}` : event.dockerImageReference;
    const pushedLater = wanted > 0 && event.generation > wanted && summary.kind !== 'Track';
    if ((summary.source !== '' && summary.kind === '') || pushedLater) summary.kind = 'Push';
  }
  for (const { type, status, reason = '' } of tag.status?.conditions ?? [])
    if (type === 'ImportSuccess' && status === 'False') summary.status = `ImportFailed (${reason})`;
}

/** imageTagCells are the SPEC and STATUS cells of an ImageTag. */
export function imageTagCells(tag: ImageTag): { spec: string; status: string } {
  const summary = summaryOfSpec(tag.spec);
  addHistory(summary, tag);
  return { spec: summary.kind, status: summary.status || summary.source };
}

/** imageTagUpdatedText is the UPDATED cell of an ImageTag: its last image or condition. */
export function imageTagUpdatedText(tag: ImageTag, now: Date): string {
  const times = [
    tag.status?.items?.[0]?.created ?? '',
    ...(tag.status?.conditions ?? []).map((one) => one.lastTransitionTime ?? ''),
  ];
  return agoText(times.sort().at(-1), now);
}
