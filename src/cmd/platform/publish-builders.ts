import type { ImageStream, TagReference } from '../../apis/image.openshift.io/v1/types.ts';
import { IMAGE_STREAMS, SERVICE_ACCOUNTS } from '../../apis/resource-types.ts';
import type { BuilderImage } from '../../build/images/builder-images.ts';
import type { Client } from '../../client/client.ts';
import type { Engine } from '../../engine/engine.ts';
import type { KubeObject } from '../../machinery/object.ts';
import { isNotFound } from '../../machinery/status-error.ts';

const NAMESPACE = 'openshift';
const ACCOUNT = 'builder';
const TOKEN_SECONDS = 3600;

/** ENGINE_IMAGE is the annotation of a tag that names the engine image which was pushed to it. */
const ENGINE_IMAGE = 'io.sampan.engine-image';

/** PublishDeps are what publishing needs; `registryAddress` is `127.0.0.1:PORT`. */
export interface PublishDeps {
  readonly client: Client;
  readonly engine: Engine;
  readonly registryAddress: string;
  say(text: string): void;
}

interface TokenRequest extends KubeObject {
  readonly status?: { readonly token?: string };
}

async function pushToken(client: Client): Promise<string> {
  const request = {
    apiVersion: 'authentication.k8s.io/v1',
    kind: 'TokenRequest',
    metadata: {},
    spec: { audiences: [], expirationSeconds: TOKEN_SECONDS },
  };
  const ref = { namespace: NAMESPACE, name: ACCOUNT };
  const answer = await client.post<TokenRequest>(SERVICE_ACCOUNTS, ref, 'token', request);
  return answer.status?.token ?? '';
}

async function findStream(client: Client, name: string): Promise<ImageStream | undefined> {
  try {
    return await client.get(IMAGE_STREAMS, { namespace: NAMESPACE, name });
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

function annotationsOf(image: BuilderImage): Record<string, string> {
  const { recipe } = image;
  const {
    tags = '',
    supports = '',
    version = '',
    sampleRepo = '',
    iconClass = '',
  } = recipe.stream ?? {};
  return {
    'openshift.io/display-name': recipe.displayName,
    'openshift.io/provider-display-name': 'Sampan',
    description: recipe.description,
    iconClass,
    sampleRepo,
    supports,
    tags,
    version,
    [ENGINE_IMAGE]: image.id,
  };
}

function tagsOf(image: BuilderImage): TagReference[] {
  const annotations = annotationsOf(image);
  const { [ENGINE_IMAGE]: _engineImage, ...forLatest } = annotations;
  return [
    { name: image.tag, annotations, referencePolicy: { type: 'Source' } } as TagReference,
    {
      name: 'latest',
      annotations: forLatest,
      from: { kind: 'ImageStreamTag', name: image.tag },
      referencePolicy: { type: 'Source' },
    } as TagReference,
  ];
}

const isPublished = (stream: ImageStream | undefined, image: BuilderImage) =>
  stream?.spec?.tags?.find((one) => one.name === image.tag)?.annotations?.[ENGINE_IMAGE] ===
    image.id &&
  (stream.status?.tags?.some((one) => one.tag === image.tag) ?? false);

async function writeTags(client: Client, image: BuilderImage): Promise<void> {
  const { name } = image;
  const stream = await findStream(client, name);
  const tags = tagsOf(image);
  if (!stream) {
    await client.create(IMAGE_STREAMS, {
      apiVersion: 'image.openshift.io/v1',
      kind: 'ImageStream',
      metadata: {
        name,
        namespace: NAMESPACE,
        annotations: { 'openshift.io/display-name': image.recipe.displayName },
      },
      spec: { lookupPolicy: { local: false }, tags },
    });
    return;
  }
  const others = (stream.spec?.tags ?? []).filter(
    (one) => !tags.some((tag) => tag.name === one.name),
  );
  await client.update(IMAGE_STREAMS, {
    ...stream,
    spec: { ...stream.spec, lookupPolicy: { local: false }, tags: [...others, ...tags] },
  });
}

/**
 * publishBuilders pushes builder images to the integrated registry and describes them in image
 * streams of project `openshift`. An image that was pushed before costs one read.
 */
export async function publishBuilders(
  deps: PublishDeps,
  images: readonly BuilderImage[],
): Promise<void> {
  const { client, engine, registryAddress } = deps;
  let token: string | undefined;
  for (const image of images) {
    if (isPublished(await findStream(client, image.name), image)) continue;
    token ??= await pushToken(client);
    deps.say(`pushing the image ${image.name}:${image.tag}`);
    const repository = `${registryAddress}/${NAMESPACE}/${image.name}`;
    await engine.tag(image.reference, repository, image.tag);
    await engine.push(`${repository}:${image.tag}`, {
      auth: { username: ACCOUNT, password: token, serverAddress: registryAddress },
    });
    await writeTags(client, image);
  }
}
