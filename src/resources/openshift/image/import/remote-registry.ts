import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import type { Response } from 'undici';
import {
  exactReference,
  type ImageMirror,
  type ImageReference,
  isDockerHub,
  mirrorCandidates,
  repositoryName,
} from '../../../../machinery/image-reference.ts';
import type { Keyring } from './credentials.ts';
import { type Endpoint, newRegistrySession, type RegistrySession } from './registry-session.ts';
import { RemoteError } from './remote-error.ts';

/** RemoteRegistryOptions say how registries are reached. */
export interface RemoteRegistryOptions {
  /** The integrated registry as the API names it, and as this process reaches it. */
  readonly internalRegistryHost: string;
  readonly engineRegistryHost: string;
  readonly mirrors: readonly ImageMirror[];
}

/** RemoteImage is a manifest that was found, and the session in which its blobs can be read. */
export interface RemoteImage {
  readonly digest: string;
  readonly mediaType: string;
  readonly manifest: string;
  readonly session: RegistrySession;
}

/** RemoteRegistry reads images of other registries with the credentials of one namespace. */
export interface RemoteRegistry {
  /** Throws RemoteError; several mirrors that fail give one error that tells of all. */
  image(reference: ImageReference, insecure: boolean): Promise<RemoteImage>;
  tags(reference: ImageReference, insecure: boolean): Promise<readonly string[]>;
  /** blob streams a blob from where its image is. */
  blob(
    reference: ImageReference,
    digest: string,
  ): Promise<{ readonly sizeBytes: number; readonly bytes: Readable }>;
}

const MANIFEST_TYPES = [
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
];
const TEXT_BYTES_MAX = 8 * 1024 * 1024;
const TAG_PAGES_MAX = 50;

function isLoopback(host: string): boolean {
  return /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])(:\d+)?$/.test(host);
}

async function failureOf(answer: Response): Promise<RemoteError> {
  const text = (await answer.text()).slice(0, 500);
  if (answer.status === 404) return new RemoteError('notFound', 'not found');
  if (answer.status === 401 || answer.status === 403)
    return new RemoteError('unauthorized', 'unauthorized');
  return new RemoteError('other', `received status code ${answer.status}: ${text}`);
}

/** readText reads a short document and refuses one that does not have its digest. */
export async function readText(
  session: RegistrySession,
  path: string,
  digest: string | undefined,
): Promise<{ text: string; digest: string; mediaType: string }> {
  const answer = await session.get(path, path.startsWith('manifests/') ? MANIFEST_TYPES : []);
  if (!answer.ok) throw await failureOf(answer);
  const bytes = Buffer.from(await answer.arrayBuffer());
  if (bytes.byteLength > TEXT_BYTES_MAX)
    throw new RemoteError('other', `${path} is larger than ${TEXT_BYTES_MAX} bytes`);
  const algorithm = digest?.startsWith('sha512:') ? 'sha512' : 'sha256';
  const actual = `${algorithm}:${createHash(algorithm).update(bytes).digest('hex')}`;
  if (digest !== undefined && digest !== actual)
    throw new RemoteError('other', `content integrity error: ${path} has the digest ${actual}`);
  const mediaType = (answer.headers.get('content-type') ?? '').split(';')[0]?.trim() ?? '';
  return { text: bytes.toString('utf8'), digest: actual, mediaType };
}

function combined(errors: readonly RemoteError[]): RemoteError {
  const [first, ...others] = errors;
  if (!first) return new RemoteError('other', 'no place to look for the image');
  if (others.length === 0) return first;
  const messages = [...new Set(errors.map((one) => one.message))];
  const failures = errors.map((one) => one.failure);
  const telling = (['unauthorized', 'unreachable'] as const).find((one) => failures.includes(one));
  const failure =
    telling ?? (failures.every((one) => one === first.failure) ? first.failure : 'other');
  return new RemoteError(failure, `[${messages.join(', ')}]`, first);
}

function toRemoteError(error: unknown): RemoteError {
  if (error instanceof RemoteError) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new RemoteError('other', message, error);
}

/** newRemoteRegistry reads with a keyring; sessions and tokens live as long as it does. */
export function newRemoteRegistry(
  options: RemoteRegistryOptions,
  keyring: Keyring,
): RemoteRegistry {
  const sessions = new Map<string, RegistrySession>();

  function endpointOf(reference: ImageReference, insecure: boolean): Endpoint {
    const { registry } = reference;
    const repository = repositoryName(reference);
    const internal = registry === options.internalRegistryHost;
    const host = internal
      ? options.engineRegistryHost
      : isDockerHub(registry)
        ? 'registry-1.docker.io'
        : registry;
    const trusted = internal || isLoopback(host);
    return {
      host,
      repository,
      insecure: insecure || trusted,
      credentials: keyring.find(registry, repository),
    };
  }

  function sessionOf(reference: ImageReference, insecure: boolean): RegistrySession {
    const endpoint = endpointOf(reference, insecure);
    const key = `${endpoint.host}/${endpoint.repository} ${endpoint.insecure}`;
    const session = sessions.get(key) ?? newRegistrySession(endpoint);
    sessions.set(key, session);
    return session;
  }

  /** anywhere tries the mirrors of a reference, then the reference itself. */
  async function anywhere<T>(
    reference: ImageReference,
    insecure: boolean,
    read: (session: RegistrySession, candidate: ImageReference) => Promise<T>,
  ): Promise<T> {
    const errors: RemoteError[] = [];
    for (const candidate of mirrorCandidates(reference, options.mirrors)) {
      try {
        return await read(sessionOf(candidate, insecure), candidate);
      } catch (error) {
        errors.push(toRemoteError(error));
      }
    }
    throw combined(errors);
  }

  return {
    image: (reference, insecure) =>
      anywhere(reference, insecure, async (session, { tag, id }) => {
        const path = `manifests/${id === '' ? tag : id}`;
        const found = await readText(session, path, id === '' ? undefined : id);
        const { text: manifest, digest, mediaType } = found;
        return { manifest, digest, mediaType, session };
      }),
    tags: (reference, insecure) => anywhere(reference, insecure, readTags),
    blob: (reference, digest) =>
      anywhere(reference, false, async (session) => {
        const answer = await session.get(`blobs/${digest}`);
        if (!answer.ok || !answer.body) throw await failureOf(answer);
        const sizeBytes = Number(answer.headers.get('content-length') ?? Number.NaN);
        if (Number.isNaN(sizeBytes))
          throw new RemoteError('other', `the size of ${exactReference(reference)} is not said`);
        return { sizeBytes, bytes: Readable.fromWeb(answer.body) };
      }),
  };
}

async function readTags(session: RegistrySession): Promise<readonly string[]> {
  const tags: string[] = [];
  let path: string | undefined = 'tags/list';
  for (let page = 0; path !== undefined && page < TAG_PAGES_MAX; page++) {
    const answer: Response = await session.get(path);
    if (!answer.ok) throw await failureOf(answer);
    const body = (await answer.json()) as { tags?: string[] | null };
    tags.push(...(body.tags ?? []));
    const next = /<[^>]*tags\/list(\?[^>]*)>;\s*rel="?next"?/.exec(
      answer.headers.get('link') ?? '',
    );
    path = next ? `tags/list${next[1]}` : undefined;
  }
  return tags;
}
