import { latestTagEvent, specTag } from '../../../apis/image.openshift.io/v1/image-stream.ts';
import { parseImageStreamTagName } from '../../../apis/image.openshift.io/v1/names.ts';
import type {
  Image,
  ImageStream,
  TagReference,
} from '../../../apis/image.openshift.io/v1/types.ts';
import { IMAGE_STREAMS } from '../../../apis/resource-types.ts';
import { nameSelection } from '../../../apiserver/name-selection.ts';
import type {
  RequestContext,
  ResourceStorage,
  StorageListOptions,
} from '../../../apiserver/resource-definition.ts';
import type { Client } from '../../../client/client.ts';
import type { DeleteOptions } from '../../../machinery/meta/v1.ts';
import type { KubeList, KubeObject } from '../../../machinery/object.ts';
import {
  newAlreadyExists,
  newBadRequest,
  newConflict,
  newNotFound,
} from '../../../machinery/status-error.ts';
import { newSuccess } from '../../../machinery/success.ts';
import { changeStream, findImage, getStream } from './stream-access.ts';
import type { ViewOptions } from './tag-views.ts';

/** TagViewRules are what distinguishes ImageStreamTag from ImageTag: both are views of a tag. */
export interface TagViewRules<T extends KubeObject> {
  readonly kind: string;
  /** The resource, such as `imagestreamtags`. */
  readonly resource: string;
  /** Answers the tags of a stream that a list shows, in order. */
  listedTags(stream: ImageStream): readonly string[];
  view(stream: ImageStream, tag: string, options: ViewOptions): T;
  /** A get of a tag without an image is NotFound. */
  readonly needsImage: boolean;
  /** Checks and completes what a create sends; answers the spec tag, if one is to be set. */
  createdTag(object: T, tag: string): TagReference | undefined;
  /** Checks an update; answers the spec tag, `keep` or `remove`. */
  updatedTag(update: {
    readonly current: T;
    readonly next: T;
    readonly tag: string;
    readonly stream: ImageStream;
  }): TagReference | 'keep' | 'remove';
}

const GROUP = 'image.openshift.io';

function setSpecTag(stream: ImageStream, tag: string, reference: TagReference | undefined): void {
  const spec = stream.spec ?? {};
  const others = (spec.tags ?? []).filter((one) => one.name !== tag);
  spec.tags = reference ? [...others, { ...reference, name: tag }] : others;
  stream.spec = spec;
}

function removeTag(stream: ImageStream, tag: string): boolean {
  const [specTags, histories] = [stream.spec?.tags ?? [], stream.status?.tags ?? []];
  const existed =
    specTags.some((one) => one.name === tag) || histories.some((one) => one.tag === tag);
  if (stream.spec) stream.spec.tags = specTags.filter((one) => one.name !== tag);
  if (stream.status) stream.status.tags = histories.filter((one) => one.tag !== tag);
  return existed;
}

function checkUid(stream: ImageStream, options: DeleteOptions, fail: () => Error): void {
  const wanted = options.preconditions?.uid;
  if (wanted && wanted !== stream.metadata.uid) throw fail();
}

class TagStorage<T extends KubeObject> {
  private readonly client: Client;
  private readonly rules: TagViewRules<T>;
  private readonly type: { group: string; resource: string };

  constructor(client: Client, rules: TagViewRules<T>) {
    this.client = client;
    this.rules = rules;
    this.type = { group: GROUP, resource: rules.resource };
  }

  async get(id: string, context: RequestContext): Promise<T> {
    const { name, tag } = this.parse(id);
    const stream = await getStream(
      this.client,
      { namespace: context.namespace, name },
      this.rules.resource,
    );
    const image = await this.imageOf(stream, tag);
    if (!image && this.rules.needsImage) throw newNotFound(this.type, id);
    return this.rules.view(stream, tag, { image, allowEmpty: false });
  }

  async list(options: StorageListOptions, context: RequestContext): Promise<KubeList<T>> {
    const { fieldSelector } = options;
    const isSelected = nameSelection({ labelSelector: '', fieldSelector });
    const streams = await this.client.list(IMAGE_STREAMS, {
      ...(context.namespace === '' ? {} : { namespace: context.namespace }),
      ...(options.labelSelector === '' ? {} : { labelSelector: options.labelSelector }),
    });
    const items = streams.items
      .flatMap((stream) =>
        this.rules
          .listedTags(stream)
          .map((tag) => this.rules.view(stream, tag, { allowEmpty: true })),
      )
      .filter(isSelected);
    const { resourceVersion } = streams.metadata;
    return {
      apiVersion: `${GROUP}/v1`,
      kind: `${this.rules.kind}List`,
      metadata: resourceVersion === undefined ? {} : { resourceVersion },
      items,
    };
  }

  async create(object: T, context: RequestContext): Promise<T> {
    const { name, tag } = this.parse(object.metadata.name ?? '');
    const reference = this.rules.createdTag(object, tag);
    const written = await changeStream(
      this.client,
      { name, create: true, asked: this.rules.resource },
      (stream) => {
        if (specTag(stream, tag)) {
          const resource = this.rules.resource.replace(/s$/, '');
          throw newAlreadyExists({ group: GROUP, resource }, object.metadata.name ?? '');
        }
        if (reference) setSpecTag(stream, tag, reference);
      },
      context,
    );
    return this.show(written, tag);
  }

  async update(
    id: string,
    change: (current: T) => T | Promise<T>,
    context: RequestContext,
  ): Promise<T> {
    const { name, tag } = this.parse(id);
    const written = await changeStream(
      this.client,
      { name, create: true, asked: this.rules.resource },
      (stream) => this.applyUpdate({ stream, tag, id }, change),
      context,
    );
    return this.show(written, tag);
  }

  async delete(id: string, options: DeleteOptions, context: RequestContext): Promise<KubeObject> {
    const { name, tag } = this.parse(id);
    await changeStream(
      this.client,
      { name, create: false, asked: this.rules.resource },
      (stream) => {
        checkUid(stream, options, () =>
          newConflict(this.type, id, 'the UID precondition was not met'),
        );
        if (!removeTag(stream, tag)) throw newNotFound(this.type, id);
      },
      context,
    );
    return newSuccess();
  }

  private async applyUpdate(
    target: { stream: ImageStream; tag: string; id: string },
    change: (current: T) => T | Promise<T>,
  ): Promise<void> {
    const { stream, tag, id } = target;
    const current = this.rules.view(stream, tag, { allowEmpty: true });
    const next = await change(structuredClone(current));
    this.checkVersion(stream, next, id);
    const reference = this.rules.updatedTag({ current, next, tag, stream });
    if (reference === 'remove') setSpecTag(stream, tag, undefined);
    else if (reference !== 'keep') setSpecTag(stream, tag, reference);
  }

  private checkVersion(stream: ImageStream, next: T, id: string): void {
    const wanted = next.metadata.resourceVersion ?? '';
    const actual = stream.metadata.resourceVersion ?? '';
    if (wanted === '' || wanted === actual) return;
    if (actual === '') throw newNotFound(this.type, id);
    const text = `another caller has updated the resource version to ${actual}`;
    throw newConflict(this.type, id, text);
  }

  private async show(stream: ImageStream, tag: string): Promise<T> {
    const image = await this.imageOf(stream, tag);
    return this.rules.view(stream, tag, { image, allowEmpty: true });
  }

  private async imageOf(stream: ImageStream, tag: string): Promise<Image | undefined> {
    const event = latestTagEvent(stream, tag);
    return event?.image ? findImage(this.client, event.image) : undefined;
  }

  private parse(id: string): { name: string; tag: string } {
    const parsed = parseImageStreamTagName(id);
    if (parsed) return parsed;
    throw newBadRequest(`${this.rules.kind}s must be retrieved with <name>:<tag>`);
  }
}

/** newTagStorage serves get, list, create, update and delete of a view of the tags of image streams. */
export function newTagStorage<T extends KubeObject>(
  client: Client,
  rules: TagViewRules<T>,
): ResourceStorage<T> {
  const storage = new TagStorage(client, rules);
  return {
    get: (name, context) => storage.get(name, context),
    list: (options, context) => storage.list(options, context),
    create: (object, context) => storage.create(object, context),
    update: (name, change, context) => storage.update(name, change, context),
    delete: (name, options, context) => storage.delete(name, options, context),
  };
}
