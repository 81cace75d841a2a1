import { Readable } from 'node:stream';
import { type Engine, EngineError } from '../engine.ts';
import {
  configFromChanges,
  type FakeImages,
  type Files,
  readTar,
  withTag,
  writeTar,
} from './fake-images.ts';

type ImageMethods = Pick<
  Engine,
  | 'inspectImage'
  | 'listImages'
  | 'pull'
  | 'push'
  | 'tag'
  | 'removeImage'
  | 'importImage'
  | 'build'
  | 'save'
  | 'load'
>;

const FAKE_DIGEST = `sha256:${'0'.repeat(64)}`;
const MANIFEST = 'fake-images.json';

/** A build of the fake engine is its first FROM with the labels, the context and a name. */
function baseOf(context: Files, dockerfile: string): string {
  const text = Buffer.from(context.get(`/${dockerfile}`) ?? '').toString('utf8');
  const from = /^FROM\s+(\S+)/m.exec(text)?.[1];
  if (from === undefined) throw new EngineError(400, 'No build stage in current context');
  return from;
}

/** imageMethods is the image half of the fake engine; its registry holds what is in the store. */
export function imageMethods(images: FakeImages): ImageMethods {
  return {
    inspectImage: async (reference) => images.find(reference)?.info,
    listImages: async (labels = {}) =>
      images
        .all()
        .filter((image) =>
          Object.entries(labels).every(([key, value]) => image.config.labels?.[key] === value),
        ),
    async pull(reference) {
      const stored = images.find(reference);
      if (stored !== undefined) return stored.info;
      throw new EngineError(
        404,
        `pull access denied for ${reference}, repository does not exist or may require 'docker login'`,
      );
    },
    async push(reference) {
      const stored = images.find(reference);
      if (stored === undefined) {
        throw new EngineError(
          500,
          `An image does not exist locally with the tag: ${reference.split(':')[0]}`,
        );
      }
      return { digest: FAKE_DIGEST, sizeBytes: stored.info.sizeBytes };
    },
    tag: async (reference, repository, tag) => images.tag(reference, `${repository}:${tag}`),
    removeImage: async (reference) => images.remove(reference),
    importImage: async (reference, rootfs, changes) =>
      images.add(reference, configFromChanges(changes), await readTar(rootfs)),
    async build(context, options) {
      const files = await readTar(context);
      const from = baseOf(files, options.dockerfile ?? 'Dockerfile');
      const base = from === 'scratch' ? { info: undefined, files: new Map() } : images.find(from);
      if (base === undefined) throw new EngineError(404, `pull access denied for ${from}`);
      options.onOutput?.(`Step 1/1 : FROM ${from}\n`);
      const config = base.info?.config ?? {};
      const [first = 'build:latest', ...others] = options.tags.map(withTag);
      const id = images.add(
        first,
        { ...config, labels: { ...config.labels, ...options.labels } },
        new Map([...base.files, ...files]),
      );
      for (const other of others) images.tag(id, other);
      return id;
    },
    async save(references) {
      const found = references.map((reference) => ({ reference, stored: images.find(reference) }));
      const plain = found.map(({ reference, stored }) => {
        if (stored === undefined) throw new EngineError(404, `No such image: ${reference}`);
        const files = [...stored.files].map(([path, data]) => [
          path,
          Buffer.from(data).toString('base64'),
        ]);
        return { reference, config: stored.info.config, files };
      });
      return writeTar([[MANIFEST, Buffer.from(JSON.stringify(plain))]]);
    },
    async load(archive) {
      const files = await readTar(Readable.from(archive));
      const manifest = Buffer.from(files.get(`/${MANIFEST}`) ?? '[]').toString('utf8');
      for (const { reference, config, files: contents } of JSON.parse(manifest)) {
        const decoded = contents.map(([path, data]: [string, string]) => [
          path,
          Buffer.from(data, 'base64'),
        ]);
        images.add(reference, config, new Map(decoded));
      }
    },
  };
}
