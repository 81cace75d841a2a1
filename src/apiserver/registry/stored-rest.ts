import type { DeleteOptions } from '../../machinery/meta/v1.ts';
import { isNotFound, newNotFound } from '../../machinery/status-error.ts';
import { Steps } from '../../machinery/steps.ts';
import type { ListPayload } from '../output/list-payload.ts';
import type { OperationContext } from '../request/operation-context.ts';
import type { StorageListOptions } from '../resource-definition.ts';
import { createObject } from './create-object.ts';
import { deleteObject, withPolicy } from './delete-object.ts';
import { readEntry } from './entries.ts';
import { listObjects, parseRevision, waitForRevision } from './list-objects.ts';
import type { StoredResource } from './registry.ts';
import type { Rest } from './rest.ts';
import { updateObject } from './update-object.ts';
import { watchObjects } from './watch-objects.ts';

/** storedRest serves a resource from the watch cache and writes it to the store. */
export function storedRest(stored: StoredResource): Rest {
  return {
    async get(name, context, resourceVersion) {
      if (resourceVersion !== '' && resourceVersion !== '0') {
        await waitForRevision(stored, parseRevision(resourceVersion));
      }
      const entry = await readEntry(stored, context.namespace, name);
      if (!entry) throw newNotFound(stored.definition.type, name);
      return entry;
    },
    list: (options, context) => listObjects(stored, options, context.namespace),
    watch: async (options, context) => watchObjects(stored, options, context.namespace),
    create: (draft, context) => createObject(stored, draft, context),
    update: (name, change, update) => updateObject(stored, name, change, update),
    delete: (name, options, context) => deleteObject(stored, name, options, context),
    ...(stored.strategy.noDeleteCollection
      ? {}
      : {
          deleteCollection: (list, options, context) =>
            deleteAll(stored, { list, options }, context),
        }),
  };
}

/**
 * AT_ONCE is how many objects of a collection are deleted at a time: what is written together is durable
 * together.
 */
const AT_ONCE = 32;

async function deleteAll(
  stored: StoredResource,
  what: { readonly list: StorageListOptions; readonly options: DeleteOptions },
  context: OperationContext,
): Promise<ListPayload> {
  const options = withPolicy(stored, what.options, context);
  const page = await listObjects(stored, what.list, context.namespace);
  const rest = eachOf(page.entries);
  const steps = new Steps();
  const work = async () => {
    // All take from the same: where one fails, nothing is left for the others.
    for (const { namespace, name, sizeBytes } of rest) {
      try {
        await deleteObject(stored, name, options, context.with({ namespace }));
      } catch (error) {
        if (!isNotFound(error)) throw error;
      }
      const pause = steps.done(sizeBytes);
      if (pause) await pause;
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return page;
}

function* eachOf<T>(all: readonly T[]): IterableIterator<T> {
  yield* all;
}
