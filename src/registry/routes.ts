import { isTag } from '../machinery/image-reference.ts';
import { RegistryError } from './registry-error.ts';

/** Route is what a path of the distribution API asks for. */
export type Route =
  | { readonly kind: 'base' }
  | { readonly kind: 'catalog' }
  | { readonly kind: 'tags'; readonly repository: string }
  | { readonly kind: 'referrers'; readonly repository: string; readonly digest: string }
  | { readonly kind: 'manifest'; readonly repository: string; readonly reference: string }
  | { readonly kind: 'blob'; readonly repository: string; readonly digest: string }
  | { readonly kind: 'uploads'; readonly repository: string }
  | { readonly kind: 'upload'; readonly repository: string; readonly id: string };

const COMPONENT = /^[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*$/;
const NAME_LENGTH_MAX = 255;

/**
 * isRepositoryName tells whether a name is `namespace/name` of valid components; as in OpenShift's
 * registry there are no other depths, because a repository is an image stream.
 */
export function isRepositoryName(name: string): boolean {
  const parts = name.split('/');
  return (
    name.length <= NAME_LENGTH_MAX &&
    parts.length === 2 &&
    parts.every((one) => COMPONENT.test(one))
  );
}

function checked(repository: string): string {
  if (isRepositoryName(repository)) return repository;
  throw new RegistryError(
    'NAME_INVALID',
    'invalid repository name: it must be of the form <project>/<image stream>',
    { detail: { name: repository.slice(0, 300) } },
  );
}

function decoded(path: string): string | undefined {
  try {
    return decodeURIComponent(path);
  } catch {
    return undefined;
  }
}

const SHAPES: readonly [RegExp, (repository: string, last: string) => Route][] = [
  [/^(.+)\/tags\/list$/, (repository) => ({ kind: 'tags', repository })],
  [
    /^(.+)\/referrers\/([^/]+)$/,
    (repository, digest) => ({ kind: 'referrers', repository, digest }),
  ],
  [/^(.+)\/blobs\/uploads\/?$/, (repository) => ({ kind: 'uploads', repository })],
  [/^(.+)\/blobs\/uploads\/([^/]+)$/, (repository, id) => ({ kind: 'upload', repository, id })],
  [/^(.+)\/blobs\/([^/]+)$/, (repository, digest) => ({ kind: 'blob', repository, digest })],
  [
    /^(.+)\/manifests\/([^/]+)$/,
    (repository, reference) => ({ kind: 'manifest', repository, reference }),
  ],
];

/**
 * routeOf reads a path; undefined when it is none of the API. Throws NAME_INVALID for a name that no
 * image stream can have, before anything touches the disk, and TAG_INVALID for a malformed tag.
 */
export function routeOf(rawPath: string): Route | undefined {
  const path = decoded(rawPath);
  if (path === undefined || !path.startsWith('/v2')) return undefined;
  if (path === '/v2' || path === '/v2/') return { kind: 'base' };
  if (path === '/v2/_catalog') return { kind: 'catalog' };
  const rest = path.slice('/v2/'.length);
  for (const [shape, make] of SHAPES) {
    const match = shape.exec(rest);
    if (!match) continue;
    const route = make(checked(match[1] ?? ''), match[2] ?? '');
    if (route.kind === 'manifest' && !route.reference.includes(':') && !isTag(route.reference))
      throw new RegistryError('TAG_INVALID', 'manifest tag did not match the tag format', {
        detail: { tag: route.reference.slice(0, 200) },
      });
    return route;
  }
  return undefined;
}
