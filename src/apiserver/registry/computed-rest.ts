import type { KubeObject, WatchEvent } from '../../machinery/object.ts';
import { newConflict } from '../../machinery/status-error.ts';
import { WatchMessage } from '../cache/cache-event.ts';
import type { WatchSource } from '../cache/message-sink.ts';
import type { ApiLog } from '../contracts.ts';
import { trackUpdate } from '../fields/managed-fields.ts';
import { objectPayload } from '../output/payload.ts';
import type { OperationContext } from '../request/operation-context.ts';
import type { ResourceDefinition, ResourceStorage } from '../resource-definition.ts';
import { newAdmissionRequest } from './admission-request.ts';
import { updaterOf } from './create-object.ts';
import { checkNamespace, nameToBe } from './namespace-check.ts';
import { admitMutating, admitValidating, type Registry } from './registry.ts';
import type { Rest } from './rest.ts';
import { computedForm } from './wire-form.ts';

/**
 * iterableWatch is a watch over events that somebody else produces, until the signal is aborted. It
 * ends where they fail, and the log says why.
 */
export function iterableWatch(
  events: AsyncIterable<WatchEvent>,
  signal: AbortSignal,
  log: ApiLog,
): WatchSource {
  const failed = (error: unknown) => {
    if (!signal.aborted) log.error({ err: error }, 'the source of a watch failed');
  };
  return {
    open(sink) {
      const iterator = events[Symbol.asyncIterator]();
      let open = true;
      const close = () => {
        if (!open) return;
        open = false;
        iterator.return?.().catch(failed);
      };
      const pump = async () => {
        while (open && !signal.aborted) {
          const next = await iterator.next();
          if (next.done || !open) break;
          sink.send(new WatchMessage(next.value.type, objectPayload(next.value.object)));
        }
      };
      pump()
        .catch((error: unknown) => {
          if (open) failed(error);
        })
        .finally(() => {
          if (open) sink.end();
        });
      return close;
    },
  };
}

function checkVersion(
  definition: ResourceDefinition,
  draft: KubeObject,
  current: KubeObject,
): void {
  const demanded = draft.metadata.resourceVersion ?? '';
  if (demanded === '' || demanded === current.metadata.resourceVersion) return;
  throw newConflict(definition.type, current.metadata.name ?? '');
}

/** computedRest serves a resource through the storage of its definition. */
export function computedRest(
  registry: Registry,
  definition: ResourceDefinition,
  storage: ResourceStorage<KubeObject>,
): Rest {
  const admit = async (
    operation: 'CREATE' | 'UPDATE' | 'DELETE',
    states: { name: string; object?: KubeObject; old?: KubeObject },
    context: OperationContext,
  ) => {
    const request = newAdmissionRequest(operation, { definition, ...states }, context);
    await admitMutating(registry, request);
    await admitValidating(registry, request);
  };
  const rest: { -readonly [Key in keyof Rest]: Rest[Key] } = {};
  const { get, list, watch, create, update } = storage;
  if (get)
    rest.get = async (name, context) =>
      objectPayload(computedForm(await get.call(storage, name, context)));
  if (list) {
    rest.list = async (options, context) =>
      objectPayload(computedForm(await list.call(storage, options, context)));
  }
  if (watch) {
    rest.watch = async (options, context) =>
      iterableWatch(await watch.call(storage, options, context), context.signal, registry.log);
  }
  if (create) {
    rest.create = async (object, context) => {
      const name = object.metadata.name ?? '';
      const target = { name: nameToBe(object), namespace: context.namespace };
      checkNamespace(registry.hub, definition, target);
      if (storage.tracksFields)
        trackUpdate(definition, { draft: object, old: undefined }, updaterOf(context, ''));
      await admit('CREATE', { name, object }, context);
      return objectPayload(computedForm(await create.call(storage, object, context)));
    };
  }
  if (update) {
    rest.update = async (name, change, { context }) => {
      const changed = async (old: KubeObject) => {
        const object = await change(old);
        checkVersion(definition, object, old);
        await admit('UPDATE', { name, object, old }, context);
        return object;
      };
      const payload = objectPayload(
        computedForm(await update.call(storage, name, changed, context)),
      );
      return { payload, created: false };
    };
  }
  addDeletes(rest, storage, admit);
  return rest;
}

type Admit = (
  operation: 'DELETE',
  states: { name: string },
  context: OperationContext,
) => Promise<void>;

function addDeletes(
  rest: { -readonly [Key in keyof Rest]: Rest[Key] },
  storage: ResourceStorage<KubeObject>,
  admit: Admit,
): void {
  const { delete: remove, deleteCollection } = storage;
  if (remove) {
    rest.delete = async (name, options, context) => {
      await admit('DELETE', { name }, context);
      return objectPayload(computedForm(await remove.call(storage, name, options, context)));
    };
  }
  if (deleteCollection) {
    rest.deleteCollection = async (list, options, context) =>
      objectPayload(computedForm(await deleteCollection.call(storage, list, options, context)));
  }
}
