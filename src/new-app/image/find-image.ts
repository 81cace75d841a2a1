import { tryParseImageReference } from '../../machinery/image-reference.ts';
import type { ImageRequest } from '../arguments.ts';
import { NewAppError, noMatch } from '../new-app-error.ts';
import type { NewAppOptions } from '../options.ts';
import type { ImageMatch } from './image-match.ts';
import { mirrorHint, type RegistrySearchResult } from './registry-search.ts';
import type { StreamSearch } from './stream-search.ts';

/** ImageFinder finds images wherever they may be. */
export interface ImageFinder {
  readonly streams: StreamSearch;
  searchRegistry(input: string): Promise<RegistrySearchResult>;
}

function unknownImage(input: string): ImageMatch {
  const reference = tryParseImageReference(input);
  if (!reference) throw new NewAppError(`${JSON.stringify(input)} is not an image reference`);
  return { kind: 'unknown', input, reference, info: undefined, annotations: {} };
}

const PLACES = {
  anywhere:
    'images in image streams, templates loaded in accessible projects, template files, local docker images',
  registry: 'local docker images',
  stream: 'images in image streams',
} as const satisfies Record<ImageRequest['where'], string>;

/** findImage finds an image that the user named. Throws NewAppError with suggestions. */
export async function findImage(
  request: ImageRequest,
  finder: ImageFinder,
  options: NewAppOptions,
): Promise<ImageMatch> {
  const { text, where } = request;
  const inStream = where === 'registry' ? undefined : await finder.streams.byName(text);
  if (inStream) return inStream;
  const answer = where === 'stream' ? undefined : await finder.searchRegistry(text);
  if (answer?.found) return answer.found;
  if (options.allowMissingImages) return unknownImage(text);
  const reasons = [`unable to locate any ${PLACES[where]} with name ${JSON.stringify(text)}`];
  if (answer && !answer.found && answer.unreachable && answer.reason !== '')
    reasons.push('', mirrorHint(text, answer.reason));
  throw noMatch(options.program, options.buildOnly ? 'new-build' : 'new-app', reasons);
}

/** findBaseImage finds the base image of a Dockerfile; one that nobody knows is used as it is. */
export async function findBaseImage(
  text: string,
  finder: ImageFinder,
): Promise<ImageMatch | undefined> {
  if (text === 'scratch' || text === '' || text.includes('$')) return undefined;
  const inStream = await finder.streams.byName(text).catch((error: unknown) => {
    if (error instanceof NewAppError) return undefined;
    throw error;
  });
  if (inStream) return inStream;
  return (await finder.searchRegistry(text)).found ?? unknownImage(text);
}

/** findBuilder finds the builder image for a language. Throws NewAppError with suggestions. */
export async function findBuilder(
  language: string,
  finder: ImageFinder,
  options: NewAppOptions,
): Promise<ImageMatch> {
  const found =
    (await finder.streams.byName(language)) ?? (await finder.streams.bySupports(language));
  if (found) return found;
  throw noMatch(options.program, options.buildOnly ? 'new-build' : 'new-app', [
    `unable to locate any images in image streams, image stream images with a 'supports' annotation with name ${JSON.stringify(language)}`,
  ]);
}
