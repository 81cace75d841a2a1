/** ImageInfo is what the configuration of an image says about running it. */
export interface ImageInfo {
  /** The image's ID without `sha256:`; may be empty. */
  readonly id: string;
  readonly created: string | undefined;
  /** Sorted by number, as `8080/tcp`. */
  readonly ports: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  readonly volumes: readonly string[];
  readonly user: string;
}

interface DockerImageMetadata {
  readonly Id?: string;
  readonly Created?: string | null;
  readonly Config?: {
    readonly ExposedPorts?: Record<string, unknown> | null;
    readonly Labels?: Record<string, string> | null;
    readonly Volumes?: Record<string, unknown> | null;
    readonly User?: string;
  } | null;
}

/** sortPorts puts `8080/tcp` and the like into numeric order; what is no port is left out. */
export function sortPorts(ports: readonly string[]): string[] {
  return ports
    .flatMap((one) => one.split(' '))
    .map((one) => (one.includes('/') ? one : `${one}/tcp`))
    .filter((one) => /^\d+\/\w+$/.test(one))
    .sort((a, b) => Number.parseInt(a, 10) - Number.parseInt(b, 10));
}

/** imageInfoOf reads `dockerImageMetadata` of an Image. */
export function imageInfoOf(image: {
  readonly metadata?: { readonly name?: string };
  readonly dockerImageMetadata?: unknown;
}): ImageInfo {
  const metadata = (image.dockerImageMetadata ?? {}) as DockerImageMetadata;
  const config = metadata.Config ?? {};
  const created = metadata.Created ?? undefined;
  return {
    id: (metadata.Id || image.metadata?.name || '').replace(/^sha256:/, ''),
    created: created && !created.startsWith('0001-') ? created : undefined,
    ports: sortPorts(Object.keys(config.ExposedPorts ?? {})),
    labels: config.Labels ?? {},
    volumes: Object.keys(config.Volumes ?? {}).sort(),
    user: config.User ?? '',
  };
}

/** runsAsRoot tells whether an image would run as root if nobody said otherwise. */
export function runsAsRoot({ user }: ImageInfo): boolean {
  return user === '' || user === 'root' || user === '0';
}
