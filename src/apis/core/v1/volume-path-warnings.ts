import type { DownwardAPIVolumeFile, KeyToPath, PodSpec, VolumeProjection } from './types.ts';

/** FilePath is a path in a volume, and what puts a file there. */
interface FilePath {
  readonly path: string;
  readonly source: string;
}

const quoted = (text: string | undefined) => JSON.stringify(text ?? '');

function shown({ path, source }: FilePath): string {
  return source === '' ? quoted(path) : `${quoted(path)} (${source})`;
}

function pathsOf(
  items: readonly (KeyToPath | DownwardAPIVolumeFile)[] | undefined,
  source = '',
): FilePath[] {
  return (items ?? []).map(({ path }) => ({ path: path.replace(/\/+$/, ''), source }));
}

/** One path is the other, or below it. */
function overlaps(one: FilePath, other: FilePath): boolean {
  if (one.path === '' || other.path === '') return false;
  const [left, right] = [`${one.path}/`, `${other.path}/`];
  return left.startsWith(right) || right.startsWith(left);
}

function overlapTexts(paths: readonly FilePath[]): string[] {
  return paths.flatMap((path, index) =>
    paths
      .slice(0, index)
      .filter((other) => overlaps(other, path))
      .map((other) => `overlapping paths: ${shown(path)} with ${shown(other)}`),
  );
}

function pathsOfSource(source: VolumeProjection): FilePath[] {
  const { configMap, secret, downwardAPI, serviceAccountToken } = source;
  if (configMap?.items) return pathsOf(configMap.items, `ConfigMap ${quoted(configMap.name)}`);
  if (secret?.items) return pathsOf(secret.items, `Secret ${quoted(secret.name)}`);
  if (downwardAPI?.items) return pathsOf(downwardAPI.items, 'DownwardAPI');
  return serviceAccountToken ? pathsOf([serviceAccountToken as never], 'ServiceAccountToken') : [];
}

/** volumePathWarnings names files of one volume that get in each other's way, and projections of nothing. */
export function volumePathWarnings(spec: PodSpec): string[] {
  return (spec.volumes ?? []).flatMap(({ name, configMap, secret, downwardAPI, projected }) => {
    const about = (what: string) => (text: string) => `volume ${quoted(name)} (${what}): ${text}`;
    const sources = projected?.sources ?? [];
    const empty = sources.filter((one) => Object.keys(one).length === 0);
    return [
      ...overlapTexts(pathsOf(configMap?.items)).map(about(`ConfigMap ${quoted(configMap?.name)}`)),
      ...overlapTexts(pathsOf(secret?.items)).map(about(`Secret ${quoted(secret?.secretName)}`)),
      ...overlapTexts(pathsOf(downwardAPI?.items)).map(about('DownwardAPI')),
      ...empty.map(() => `volume ${quoted(name)} (Projected) has no sources provided`),
      ...overlapTexts(sources.flatMap(pathsOfSource)).map(about('Projected')),
    ];
  });
}
