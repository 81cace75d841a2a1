import type { Readable } from 'node:stream';
import type { BuildOptions, ImageConfig, ImageInfo, TransferOptions } from '../engine.ts';
import { EngineError } from '../engine.ts';
import type { Connection } from './connection.ts';
import { isStatus, labelFilter } from './containers.ts';
import { commitBody, imageOf, type WireImage } from './image-wire.ts';
import { type ProgressLine, progressLines } from './json-lines.ts';

/** encodeAuth is base64url with padding: the engine's decoder insists on it. */
function encodeAuth(value: object): string {
  const text = Buffer.from(JSON.stringify(value)).toString('base64');
  return text.replaceAll('+', '-').replaceAll('/', '_');
}

function authHeader(auth: TransferOptions['auth']): Record<string, string> {
  const value = auth
    ? { username: auth.username, password: auth.password, serveraddress: auth.serverAddress }
    : {};
  return { 'x-registry-auth': encodeAuth(value) };
}

/** splitTag splits `repository:tag`; a digest stays with the repository, no tag means latest. */
function splitTag(reference: string): { repository: string; tag: string | undefined } {
  if (reference.includes('@')) return { repository: reference, tag: undefined };
  const colon = reference.indexOf(':', reference.lastIndexOf('/') + 1);
  if (colon < 0) return { repository: reference, tag: 'latest' };
  return { repository: reference.slice(0, colon), tag: reference.slice(colon + 1) };
}

function report(line: ProgressLine, onProgress: TransferOptions['onProgress']): void {
  if (onProgress === undefined || line.status === undefined) return;
  const { current, total } = line.progressDetail ?? {};
  onProgress({
    id: line.id,
    status: line.status,
    ...(current === undefined ? {} : { currentBytes: current }),
    ...(total === undefined ? {} : { totalBytes: total }),
  });
}

function buildQuery(options: BuildOptions): Record<string, string | readonly string[] | undefined> {
  return {
    dockerfile: options.dockerfile,
    t: options.tags,
    labels: options.labels && JSON.stringify(options.labels),
    buildargs: options.buildArgs && JSON.stringify(options.buildArgs),
    nocache: options.noCache ? '1' : undefined,
    networkmode: options.networkMode,
    memory: options.memoryBytes === undefined ? undefined : String(options.memoryBytes),
    memswap: options.memoryBytes === undefined ? undefined : String(options.memoryBytes),
    cpuquota: options.cpuQuotaMicros === undefined ? undefined : String(options.cpuQuotaMicros),
    cpuperiod: options.cpuQuotaMicros === undefined ? undefined : '100000',
    rm: '1',
    forcerm: '1',
  };
}

/** imageCalls is the part of the engine that is about images. */
export function imageCalls(connection: Connection) {
  async function inspectImage(reference: string): Promise<ImageInfo | undefined> {
    try {
      const path = `/images/${encodeURI(reference)}/json`;
      return imageOf(await connection.json<WireImage>({ method: 'GET', path }));
    } catch (error) {
      if (isStatus(error, 404)) return undefined;
      throw error;
    }
  }

  return {
    inspectImage,

    async listImages(labels: Readonly<Record<string, string>> = {}): Promise<readonly ImageInfo[]> {
      const rows = await connection.json<readonly { Id: string }[]>({
        method: 'GET',
        path: '/images/json',
        query: { filters: labelFilter(labels) },
      });
      const images = await Promise.all(rows.map((row) => inspectImage(row.Id)));
      return images.filter((image) => image !== undefined);
    },

    async pull(reference: string, options: TransferOptions = {}): Promise<ImageInfo> {
      const { repository, tag } = splitTag(reference);
      const response = await connection.open({
        method: 'POST',
        path: '/images/create',
        query: { fromImage: repository, tag },
        headers: options.auth ? authHeader(options.auth) : {},
        signal: options.signal,
      });
      for await (const line of progressLines(response)) report(line, options.onProgress);
      const image = await inspectImage(reference);
      if (image === undefined) throw new EngineError(404, `No such image: ${reference}`);
      return image;
    },

    async push(reference: string, options: TransferOptions = {}) {
      const { repository, tag } = splitTag(reference);
      const response = await connection.open({
        method: 'POST',
        path: `/images/${encodeURI(repository)}/push`,
        query: { tag },
        headers: authHeader(options.auth),
        signal: options.signal,
      });
      let pushed: { digest: string; sizeBytes: number } | undefined;
      for await (const line of progressLines(response)) {
        report(line, options.onProgress);
        if (typeof line.aux?.Digest === 'string') {
          pushed = { digest: line.aux.Digest, sizeBytes: Number(line.aux.Size ?? 0) };
        }
      }
      if (pushed === undefined) {
        throw new EngineError(500, `the push of ${reference} ended without a digest`);
      }
      return pushed;
    },

    tag: (reference: string, repository: string, tag: string): Promise<void> =>
      connection.json({
        method: 'POST',
        path: `/images/${encodeURI(reference)}/tag`,
        query: { repo: repository, tag },
      }),

    async removeImage(reference: string, options: { force?: boolean } = {}): Promise<void> {
      try {
        await connection.json({
          method: 'DELETE',
          path: `/images/${encodeURI(reference)}`,
          query: { force: options.force ? '1' : undefined },
        });
      } catch (error) {
        if (!isStatus(error, 404)) throw error;
      }
    },

    async importImage(
      reference: string,
      rootfs: Readable,
      changes: readonly string[],
    ): Promise<string> {
      const { repository, tag } = splitTag(reference);
      const response = await connection.open({
        method: 'POST',
        path: '/images/create',
        query: { fromSrc: '-', repo: repository, tag, changes },
        headers: { 'content-type': 'application/x-tar' },
        stream: rootfs,
      });
      let id: string | undefined;
      for await (const line of progressLines(response)) id = line.status ?? id;
      if (id === undefined) throw new EngineError(500, `the import of ${reference} gave no image`);
      return id;
    },

    async build(context: Readable, options: BuildOptions): Promise<string> {
      const headers: Record<string, string> = { 'content-type': 'application/x-tar' };
      if (options.auths) headers['x-registry-config'] = encodeAuth(options.auths);
      const response = await connection.open({
        method: 'POST',
        path: '/build',
        query: buildQuery(options),
        headers,
        stream: context,
        signal: options.signal,
      });
      let id: string | undefined;
      for await (const line of progressLines(response)) {
        if (line.stream !== undefined) options.onOutput?.(line.stream);
        else if (line.status !== undefined) options.onOutput?.(`${line.status}\n`);
        if (typeof line.aux?.ID === 'string') id = line.aux.ID;
      }
      if (id === undefined) throw new EngineError(500, 'the build ended without an image');
      return id;
    },

    async commit(
      id: string,
      image: { repository: string; tag: string; config: ImageConfig; comment?: string },
    ): Promise<string> {
      const { Id } = await connection.json<{ Id: string }>({
        method: 'POST',
        path: '/commit',
        query: {
          container: id,
          repo: image.repository,
          tag: image.tag,
          comment: image.comment,
          pause: '0',
        },
        body: commitBody(image.config),
      });
      return Id;
    },

    save: (references: readonly string[]): Promise<Readable> =>
      connection.open({ method: 'GET', path: '/images/get', query: { names: references } }),

    async load(archive: Readable): Promise<void> {
      const response = await connection.open({
        method: 'POST',
        path: '/images/load',
        query: { quiet: '1' },
        headers: { 'content-type': 'application/x-tar' },
        stream: archive,
      });
      for await (const _line of progressLines(response)) {
        // Only the failure that ends the stream matters.
      }
    },
  };
}
