import type { ImageStreamImport } from '../../../apis/image.openshift.io/v1/types.ts';
import { IMAGE_STREAM_IMPORTS, IMAGE_STREAMS } from '../../../apis/resource-types.ts';
import {
  type Controller,
  type ControllerDeps,
  type ReconcileResult,
  source,
  TerminalError,
} from '../../../controller-kit/controller.ts';
import { objectKey } from '../../../machinery/object.ts';
import { isNotFound, isStatusError } from '../../../machinery/status-error.ts';
import { hasScheduledTags, neededImport } from './needed-imports.ts';

/** How often scheduled tags are imported. */
const PERIOD_MS = 15 * 60_000;

/**
 * newImageImportController imports the tags of image streams that refer to images of other
 * registries: once when they are new or changed, and periodically where they ask for it. The import
 * itself, and what it leaves on the stream, is the server's.
 */
export function newImageImportController(deps: ControllerDeps): Controller {
  const { client, informers, clock, log } = deps;
  const streams = informers.informer(IMAGE_STREAMS);
  const lastRuns = new Map<string, number>();

  async function run(object: ImageStreamImport): Promise<void> {
    try {
      await client.create(IMAGE_STREAM_IMPORTS, object);
    } catch (error) {
      // The stream went, or is another one now.
      if (isNotFound(error)) return;
      if (isStatusError(error, 'Invalid')) throw new TerminalError(error.message, { cause: error });
      throw error;
    }
  }

  return {
    name: 'image-import',
    sources: [source(IMAGE_STREAMS, (stream) => [objectKey(stream)])],
    concurrency: 4,
    async reconcile(key): Promise<ReconcileResult | undefined> {
      const stream = streams.get(key);
      if (!stream || stream.metadata.deletionTimestamp) {
        lastRuns.delete(key);
        return undefined;
      }
      const now = clock.now().getTime();
      const isPeriodic = hasScheduledTags(stream);
      const lastRun = lastRuns.get(key) ?? now;
      const isDue = isPeriodic && now - lastRun >= PERIOD_MS;
      const wanted = neededImport(stream, { scheduledToo: isDue });
      if (!isPeriodic) lastRuns.delete(key);
      else lastRuns.set(key, isDue ? now : lastRun);
      if (wanted) {
        log.debug({ stream: key, tags: wanted.spec.images?.length ?? 0 }, 'importing images');
        await run(wanted);
      }
      if (!isPeriodic) return undefined;
      return { requeueAfterMs: Math.max(1, (lastRuns.get(key) ?? now) + PERIOD_MS - now) };
    },
  };
}
