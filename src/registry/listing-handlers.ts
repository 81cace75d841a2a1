import { parseDigest } from './digest.ts';
import { answerJson, type Exchange } from './exchange.ts';
import { MEDIA_TYPES } from './manifest.ts';
import { RegistryError } from './registry-error.ts';

const CATALOG_PAGE = 100;

interface Page {
  readonly names: readonly string[];
  readonly link: Readonly<Record<string, string>>;
}

/** page sorts names, begins after `last` and ends after `n`, with a Link to the rest. */
function page(exchange: Exchange, all: readonly string[], fallback: number | undefined): Page {
  const { query } = exchange;
  const text = query.get('n');
  const limit = text === null ? fallback : Number(text);
  if (limit !== undefined && (!Number.isInteger(limit) || limit < 0))
    throw new RegistryError('PAGINATION_NUMBER_INVALID', 'invalid number of results requested', {
      detail: { n: text },
    });
  const last = query.get('last') ?? '';
  const rest = [...all].sort().filter((name) => name > last);
  const names = limit === undefined ? rest : rest.slice(0, limit);
  const end = names.at(-1);
  if (limit === undefined || end === undefined || names.length === rest.length)
    return { names, link: {} };
  const path = (exchange.request.url ?? '').split('?')[0] ?? '';
  const next = new URLSearchParams({ n: String(limit), last: end });
  return { names, link: { link: `<${path}?${next}>; rel="next"` } };
}

/** listTags serves `tags/list`: the tags of the image stream. */
export async function listTags(exchange: Exchange, repository: string): Promise<void> {
  const tags = await exchange.parts.imageStreams.tags(repository);
  if (!tags)
    throw new RegistryError('NAME_UNKNOWN', 'repository name not known to registry', {
      detail: { name: repository },
    });
  const { names, link } = page(exchange, tags, undefined);
  answerJson(exchange, { name: repository, tags: names }, link);
}

/** listCatalog serves `_catalog`: the repositories that the user may pull from. */
export async function listCatalog(exchange: Exchange): Promise<void> {
  const { parts, user } = exchange;
  const allowed: string[] = [];
  for (const repository of await parts.imageStreams.repositories())
    if (await parts.access.allows(user, 'get', repository)) allowed.push(repository);
  const { names, link } = page(exchange, allowed, CATALOG_PAGE);
  answerJson(exchange, { repositories: names }, link);
}

/** listReferrers serves the manifests whose subject is a digest, as an index. */
export async function listReferrers(
  exchange: Exchange,
  target: { readonly repository: string; readonly digest: string },
): Promise<void> {
  const { parts, query } = exchange;
  const all = await parts.repositories.referrers(target.repository, parseDigest(target.digest));
  const artifactType = query.get('artifactType');
  const manifests =
    artifactType === null ? all : all.filter((one) => one.artifactType === artifactType);
  const index = { schemaVersion: 2, mediaType: MEDIA_TYPES.ociIndex, manifests };
  answerJson(exchange, index, {
    'content-type': MEDIA_TYPES.ociIndex,
    ...(artifactType === null ? {} : { 'oci-filters-applied': 'artifactType' }),
  });
}
