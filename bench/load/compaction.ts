import { each } from './client.ts';
import { NAMESPACE, pathOf } from './objects.ts';
import type { SampanTarget } from './sampan-target.ts';
import { longestTurnMs } from './stops.ts';

const WRITERS = 16;
/** So many objects of those that a size has are changed in turns. */
const CHANGED = 1000;

/** CompactionFigures are what writers see while all history is forgotten, and without that. */
export interface CompactionFigures {
  /** How long the compaction took beside the writers. */
  readonly compactionMs: number;
  /** Changes per second without a compaction and while it goes on. */
  readonly rateBefore: number;
  readonly rateDuring: number;
  /** The longest stop of an event loop before and during it. */
  readonly stopBeforeMs: number;
  readonly stopDuringMs: number;
}

/** change has the writers change objects; answers how many changes there were in a second. */
async function change(target: SampanTarget, count: number): Promise<number> {
  const started = performance.now();
  await each(target, { clients: WRITERS, count }, (index) => ({
    method: 'PATCH',
    path: pathOf('configmaps', `c-${String(index % CHANGED).padStart(6, '0')}`, NAMESPACE),
    contentType: 'application/merge-patch+json',
    body: { data: { turn: String(index) } },
  }));
  return count / ((performance.now() - started) / 1000);
}

/** measureCompaction has so many changes made before a compaction, and as many or more while it goes on. */
export async function measureCompaction(
  target: SampanTarget,
  count: number,
): Promise<CompactionFigures> {
  await change(target, WRITERS * 100);
  await longestTurnMs(target);
  const rateBefore = await change(target, count);
  const stopBeforeMs = await longestTurnMs(target);
  let compactionMs: number | undefined;
  const compacting = target.compact().then((ms) => {
    compactionMs = ms;
  });
  const rates: number[] = [];
  do rates.push(await change(target, count / 4));
  while (compactionMs === undefined);
  await compacting;
  const rateDuring = rates.reduce((sum, rate) => sum + rate, 0) / rates.length;
  const stopDuringMs = await longestTurnMs(target);
  return { compactionMs, rateBefore, rateDuring, stopBeforeMs, stopDuringMs };
}
