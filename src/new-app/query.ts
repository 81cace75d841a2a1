import type { ImageStream } from '../apis/image.openshift.io/v1/types.ts';
import { IMAGE_STREAMS } from '../apis/resource-types.ts';
import type { Client } from '../client/client.ts';
import { tryParseImageReference } from '../machinery/image-reference.ts';
import { isNotFound, isStatusError } from '../machinery/status-error.ts';
import { sortArguments } from './arguments.ts';
import { isHidden, latestImage, SHARED_NAMESPACE, specTag } from './image/stream-search.ts';
import { NewAppError } from './new-app-error.ts';
import type { NewAppOptions } from './options.ts';
import type { SourceProbe } from './source/source-probe.ts';

interface Match {
  readonly stream: ImageStream;
  /** 0 is what was asked for; the higher, the less alike. */
  readonly score: number;
}

/** scoreOf tells how far a stream's name is from a term; undefined when it is another name. */
function scoreOf(name: string, term: string): number | undefined {
  const lower = name.toLowerCase();
  const wanted = term.toLowerCase();
  if (term === '*' || name === term) return 0;
  if (lower === wanted) return 0.02;
  if (name.startsWith(term)) return 0.1;
  if (lower.startsWith(wanted)) return 0.12;
  if (name.includes(term)) return 0.2;
  return lower.includes(wanted) ? 0.22 : undefined;
}

/** visibleTags are the tags that a person is shown; hidden ones are left out. */
function visibleTags(stream: ImageStream): string[] {
  const tags = (stream.status?.tags ?? []).map(({ tag }) => tag);
  return tags.filter((tag) => !isHidden(specTag(stream, tag)));
}

/** matchesOf answers one match for the tag, or one for each of the other tags, as `oc` does. */
function matchesOf(stream: ImageStream, wanted: string, score: number): Match[] {
  const tag = wanted || 'latest';
  const isUnasked = wanted === '' && isHidden(specTag(stream, tag));
  if (!isUnasked && latestImage(stream, tag)) return [{ stream, score }];
  const known = (stream.status?.tags ?? []).filter((one) => latestImage(stream, one.tag));
  const partial = { stream, score: score + 0.5 };
  if (known.length === 0) return [partial];
  return known.filter((one) => !isHidden(specTag(stream, one.tag))).map(() => partial);
}

async function streamsIn(client: Client, namespace: string): Promise<readonly ImageStream[]> {
  try {
    return (await client.list(IMAGE_STREAMS, { namespace })).items;
  } catch (error) {
    if (isNotFound(error) || isStatusError(error, 'Forbidden')) return [];
    throw error;
  }
}

async function search(term: string, options: NewAppOptions, client: Client): Promise<Match[]> {
  const reference = term === '*' ? undefined : tryParseImageReference(term);
  if (term !== '*' && reference?.registry !== '') return [];
  const { name = '*', tag = '' } = reference ?? {};
  const own = reference?.namespace ?? '';
  const namespaces = own === '' ? [options.namespace, SHARED_NAMESPACE] : [own];
  const matches: Match[] = [];
  for (const namespace of new Set(namespaces))
    for (const stream of await streamsIn(client, namespace)) {
      const score = scoreOf(stream.metadata.name ?? '', name);
      if (score !== undefined) matches.push(...matchesOf(stream, tag, score));
    }
  return matches;
}

function streamText(stream: ImageStream): string {
  const { name, namespace, annotations } = stream.metadata;
  const description = annotations?.description;
  const tracks = stream.spec?.dockerImageRepository;
  const hasTags = (stream.status?.tags ?? []).length > 0;
  const tags = hasTags ? visibleTags(stream).sort().join(', ') : '<none>';
  return [
    `${name}\n  Project: ${namespace}\n`,
    tracks ? `  Tracks:  ${tracks}\n` : '',
    `  Tags:    ${tags}\n`,
    description ? `  ${description}\n` : '',
  ].join('');
}

async function termsOf(options: NewAppOptions, probe: SourceProbe): Promise<string[]> {
  const { components, code, env } = await sortArguments(options, probe);
  if (code.length > 0 || components.some((one) => one.code !== undefined))
    throw new NewAppError("--search can't be used with source code");
  if (env.length + options.env.length > 0)
    throw new NewAppError("--search can't be used with --env");
  if (options.buildEnv.length > 0) throw new NewAppError("--search can't be used with --build-env");
  return components.flatMap(({ image }) => (image && image.where !== 'registry' ? image.text : []));
}

/** QueryDeps are what a query needs of its surroundings. */
export interface QueryDeps {
  readonly client: Client;
  readonly probe: SourceProbe;
}

/**
 * queryApps answers the text of `new-app --list`, or of `--search` for what the options name: the
 * image streams of the project and of `openshift`, the best match first. Throws NewAppError.
 */
export async function queryApps(
  options: NewAppOptions,
  { client, probe }: QueryDeps,
  wanted: 'list' | 'search',
): Promise<string> {
  const given = [options.args, options.code, options.images, options.imageStreams, options.groups];
  if (wanted === 'list' && given.some((texts) => texts.length > 0))
    throw new NewAppError("--list can't be used with arguments");
  const terms = await termsOf(options, probe);
  const matches: Match[] = [];
  for (const term of wanted === 'list' ? ['*'] : terms)
    matches.push(...(await search(term, options, client)));
  if (matches.length === 0) throw new NewAppError('no matches found');
  const texts = matches.sort((a, b) => a.score - b.score).map(({ stream }) => streamText(stream));
  return `Image streams (${options.program} new-app --image-stream=<image-stream> [--code=<source>])\n-----\n${texts.join('')}\n`;
}
