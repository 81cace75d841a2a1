/**
 * ImageReference is a parsed pull specification such as `quay.io/org/app:1.0`. Parts that the text
 * does not state are empty. Follows the reference package of openshift/library-go.
 */
export interface ImageReference {
  /** Host and port, such as `quay.io` or `localhost:5000`. */
  readonly registry: string;
  readonly namespace: string;
  /** May contain slashes: `a/b/c` is namespace `a`, name `b/c`. */
  readonly name: string;
  readonly tag: string;
  /** A digest such as `sha256:…`. */
  readonly id: string;
}

/** ImageReferenceError says that a text is no pull specification; the message is upstream's. */
export class ImageReferenceError extends Error {
  override readonly name = 'ImageReferenceError';
}

/** DOCKER_HUB is the registry of references that name none. */
const DOCKER_HUB = 'docker.io';

const DOCKER_HUB_NAMES: ReadonlySet<string> = new Set([
  DOCKER_HUB,
  'index.docker.io',
  'registry-1.docker.io',
]);
const NAME_LENGTH_MAX = 255;
const DIGEST_HEX_LENGTHS: Readonly<Record<string, number>> = {
  sha256: 64,
  sha384: 96,
  sha512: 128,
};

// At least one dash: an empty separator would make a reference that does not match cost exponential time.
const COMPONENT = '[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*';
const HOST_COMPONENT = '(?:[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?)';
const HOST = `${HOST_COMPONENT}(?:\\.${HOST_COMPONENT})*(?::[0-9]+)?`;
const DIGEST = '[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}';
const TAG = '[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}';
const REFERENCE = new RegExp(
  `^((?:${HOST}/)?${COMPONENT}(?:/${COMPONENT})*)(?::(${TAG}))?(?:@(${DIGEST}))?$`,
);
const WHOLE_TAG = new RegExp(`^${TAG}$`);
const WHOLE_DIGEST = /^([a-z0-9]+):([a-f0-9]+)$/;

/** isDigest tells whether a text is `sha256:…` (or sha384, sha512) with the right number of hex digits. */
export function isDigest(text: string): boolean {
  const match = WHOLE_DIGEST.exec(text);
  if (!match) return false;
  const [, algorithm = '', hex = ''] = match;
  return DIGEST_HEX_LENGTHS[algorithm] === hex.length;
}

/** isTag tells whether a text may follow the colon of a reference. */
export function isTag(text: string): boolean {
  return WHOLE_TAG.test(text);
}

/** isDockerHub tells whether a registry is one of the names of Docker Hub. */
export function isDockerHub(registry: string): boolean {
  return DOCKER_HUB_NAMES.has(registry);
}

function matchReference(text: string): RegExpExecArray {
  // Longer texts cannot be valid; the expression is not tried on them.
  const match = text.length > 4096 ? null : REFERENCE.exec(text);
  if (match) return match;
  if (text === '')
    throw new ImageReferenceError('repository name must have at least one component');
  if (text.length <= 4096 && REFERENCE.test(text.toLowerCase()))
    throw new ImageReferenceError('repository name must be lowercase');
  throw new ImageReferenceError('invalid reference format');
}

function isHost(component: string): boolean {
  return /[.:]/.test(component) || component === 'localhost';
}

function splitName(path: string): { namespace: string; name: string } {
  const slash = path.indexOf('/');
  if (slash < 0) return { namespace: '', name: path };
  return { namespace: path.slice(0, slash), name: path.slice(slash + 1) };
}

/**
 * parseImageReference reads a pull specification; nothing is defaulted. A lone host (`quay.io`,
 * `localhost:5000`) is a registry without a name. Throws ImageReferenceError.
 */
export function parseImageReference(text: string): ImageReference {
  const [, path = '', tag = '', id = ''] = matchReference(text);
  if (path.length > NAME_LENGTH_MAX)
    throw new ImageReferenceError(
      `repository name must not be more than ${NAME_LENGTH_MAX} characters`,
    );
  if (id !== '' && !isDigest(id)) throw new ImageReferenceError('invalid checksum digest format');
  const slash = path.indexOf('/');
  if (slash < 0) {
    if (path.includes('.') || path.startsWith('localhost'))
      return { registry: text, namespace: '', name: '', tag: '', id };
    return { registry: '', namespace: '', name: path, tag, id };
  }
  if (!isHost(path.slice(0, slash))) return { registry: '', ...splitName(path), tag, id };
  return { registry: path.slice(0, slash), ...splitName(path.slice(slash + 1)), tag, id };
}

/** tryParseImageReference is parseImageReference that answers undefined instead of throwing. */
export function tryParseImageReference(text: string): ImageReference | undefined {
  try {
    return parseImageReference(text);
  } catch (error) {
    if (error instanceof ImageReferenceError) return undefined;
    throw error;
  }
}

/** exactReference is the text of just the parts that are set; a digest hides a tag. */
export function exactReference(reference: ImageReference): string {
  const { registry, namespace, name, tag, id } = reference;
  if (name === '') return '';
  const path = [registry, namespace, name].filter((part) => part !== '').join('/');
  if (id !== '') return isDigest(id) ? `${path}@${id}` : `${path}:${id}`;
  return tag === '' ? path : `${path}:${tag}`;
}

/** dockerClientDefaults fills in what the Docker client assumes: docker.io, library, latest. */
export function dockerClientDefaults(reference: ImageReference): ImageReference {
  const registry = reference.registry === '' ? DOCKER_HUB : reference.registry;
  const inLibrary = reference.namespace === '' && isDockerHub(registry);
  return {
    ...reference,
    registry,
    namespace: inLibrary ? 'library' : reference.namespace,
    tag: reference.tag === '' ? 'latest' : reference.tag,
  };
}

/** asRepository drops tag and digest. */
export function asRepository(reference: ImageReference): ImageReference {
  return { ...reference, tag: '', id: '' };
}

/** repositoryName is `namespace/name` as the registry's own API names it. */
export function repositoryName(reference: ImageReference): string {
  return exactReference({ ...asRepository(reference), registry: '' });
}

/** mostSpecific keeps the digest where there is one, else the tag. */
export function mostSpecific(reference: ImageReference): ImageReference {
  return reference.id === '' ? reference : { ...reference, tag: '' };
}

/** sameReference compares two references after the Docker client's defaults. */
export function sameReference(a: ImageReference, b: ImageReference): boolean {
  const [one, other] = [dockerClientDefaults(a), dockerClientDefaults(b)];
  return (['registry', 'namespace', 'name', 'tag', 'id'] as const).every(
    (part) => one[part] === other[part],
  );
}

/**
 * ImageMirror redirects pulls as a `[[registry]]` of registries.conf or an ImageTagMirrorSet does.
 * `source` is a host, or a host and the beginning of a path, compared at path boundaries; a host may
 * begin with `*.`. A source without a host (`centos/ruby-22-centos7`) is on Docker Hub.
 */
export interface ImageMirror {
  readonly source: string;
  /** Tried in order; what follows the source in the reference is kept. */
  readonly mirrors: readonly string[];
  /** Default AllowContactingSource: the source itself is tried after its mirrors. */
  readonly mirrorSourcePolicy?: 'AllowContactingSource' | 'NeverContactSource';
}

/** EngineNames says how the container engine reaches what the API names otherwise. */
export interface EngineNames {
  /** The registry's name in API objects, such as `image-registry.openshift-image-registry.svc:5000`. */
  readonly internalRegistryHost: string;
  /** The same registry as the engine reaches it, such as `127.0.0.1:5000`. */
  readonly engineRegistryHost: string;
  readonly mirrors: readonly ImageMirror[];
}

/** mirrorSource names the canonical form of a mirror's source: with a host, without a trailing slash. */
function mirrorSource(source: string): string {
  const trimmed = source.replace(/\/+$/, '');
  const [first = '', ...rest] = trimmed.split('/');
  if (isDockerHub(first)) return [DOCKER_HUB, ...rest].join('/');
  if (/[.:]/.test(first) || first === 'localhost') return trimmed;
  return rest.length === 0 ? `${DOCKER_HUB}/library/${trimmed}` : `${DOCKER_HUB}/${trimmed}`;
}

/** restAfter answers what follows a source in `host/path`, or undefined when it is not its prefix. */
function restAfter(source: string, full: string): string | undefined {
  if (source.startsWith('*.')) {
    const slash = full.indexOf('/');
    return full.slice(0, slash).endsWith(source.slice(1)) ? full.slice(slash) : undefined;
  }
  if (full === source) return '';
  return full.startsWith(`${source}/`) ? full.slice(source.length) : undefined;
}

function bestMirror(
  full: string,
  mirrors: readonly ImageMirror[],
): { mirror: ImageMirror; rest: string } | undefined {
  let best: { mirror: ImageMirror; rest: string; length: number } | undefined;
  for (const mirror of mirrors) {
    const source = mirrorSource(mirror.source);
    const rest = restAfter(source, full);
    if (rest === undefined || (best && best.length >= source.length)) continue;
    best = { mirror, rest, length: source.length };
  }
  return best;
}

/**
 * mirrorCandidates answers the references at which an image is to be looked for, in order: the
 * mirrors of the longest matching source, then the source itself. References that come back are
 * whole: registry, namespace, tag or digest.
 */
export function mirrorCandidates(
  reference: ImageReference,
  mirrors: readonly ImageMirror[],
): readonly ImageReference[] {
  const whole = mostSpecific(dockerClientDefaults(reference));
  const host = isDockerHub(whole.registry) ? DOCKER_HUB : whole.registry;
  const found = bestMirror(`${host}/${repositoryName(whole)}`, mirrors);
  if (!found) return [whole];
  const candidates: ImageReference[] = [];
  for (const one of found.mirror.mirrors) {
    const parsed = tryParseImageReference(`${one.replace(/\/+$/, '')}${found.rest}`);
    if (parsed && parsed.name !== '') candidates.push({ ...parsed, tag: whole.tag, id: whole.id });
  }
  if (found.mirror.mirrorSourcePolicy !== 'NeverContactSource') candidates.push(whole);
  return candidates;
}

function nameForEngine(reference: ImageReference, names: EngineNames): string {
  const internal = reference.registry === names.internalRegistryHost;
  return exactReference(
    internal ? { ...reference, registry: names.engineRegistryHost } : reference,
  );
}

/**
 * rewriteForEngine answers what to ask the container engine for, in order: mirrors first, the
 * integrated registry by the name under which the engine reaches it. Every answer has a tag or a
 * digest. Throws ImageReferenceError.
 */
export function rewriteForEngine(reference: string, names: EngineNames): string[] {
  const parsed = parseImageReference(reference);
  const candidates = mirrorCandidates(parsed, names.mirrors);
  return [...new Set(candidates.map((one) => nameForEngine(one, names)))];
}
