import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decodeFrames } from '../../src/storage/lmdb/journal-frame.ts';
import { openLmdbStore } from '../../src/storage/lmdb/lmdb-store.ts';
import { openTables } from '../../src/storage/lmdb/tables.ts';
import { bundleProgram } from './support/bundle.ts';
import { parseSaid, type Said, StoreModel, together } from './support/store-model.ts';

/** How many times writers are killed; a longer run: `SAMPAN_CRASH_KILLS=5000`. */
const KILLS = Number(process.env.SAMPAN_CRASH_KILLS ?? 300);
/** Another run: `SAMPAN_CRASH_SEED=77`. */
const SEED = Number(process.env.SAMPAN_CRASH_SEED ?? 1);
/** So many stores are tortured beside each other. */
const LANES = 4;
/** A writer is killed at most so long after it began, or was ready. */
const LONGEST_MS = 60;
/** … or had begun to compact. */
const COMPACTION_MS = 8;
/** … or filled the journal. */
const FILLING_MS = 500;

let program: string;
let directory: string;

beforeAll(async () => {
  program = await bundleProgram('test/integration/support/store-crash-writer.ts');
  directory = await mkdtemp(join(tmpdir(), 'sampan-crash-'));
});

afterAll(async () => {
  await rm(directory, { recursive: true, force: true });
  await rm(program);
});

/** randomOf is a small generator, so that a failure can be repeated with its seed. */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 4_294_967_296;
  };
}

interface Attack {
  readonly writers: number;
  /** The revision to which history is forgotten meanwhile; 0: none. */
  readonly compactTo: number;
  /** The size of the largest values in bytes; with large ones the journal is soon full. */
  readonly largest: number;
  /** Kill so long after the start (while it opens the store), or after a line. */
  readonly after: 'start' | 'READY' | 'COMPACTING';
  readonly delayMs: number;
}

/** Outcome is what a writer had said, and in the midst of what it was killed. */
interface Outcome {
  readonly said: Said;
  readonly whileCompacting: boolean;
}

/** attack runs a writer and kills it. */
async function attack(store: string, round: number, plan: Attack): Promise<Outcome> {
  const { writers, compactTo, largest, after, delayMs } = plan;
  const args = [program, store, ...[round, writers, compactTo, largest].map(String)];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  let complaint = '';
  child.stdout.on('data', (chunk) => {
    output += chunk;
    if (after !== 'start' && output.includes(`${after}\n`)) killAfter(child, delayMs);
  });
  child.stderr.on('data', (chunk) => {
    complaint += chunk;
  });
  if (after === 'start') killAfter(child, delayMs + 20);
  const signal = await new Promise((resolve) => child.on('close', (_, one) => resolve(one)));
  expect({ signal, complaint }).toEqual({ signal: 'SIGKILL', complaint: '' });
  const whileCompacting = output.includes('COMPACTING\n') && !output.includes('COMPACTED\n');
  return { said: parseSaid(output), whileCompacting };
}

const doomed = new WeakSet<ChildProcess>();

function killAfter(child: ChildProcess, delayMs: number): void {
  if (doomed.has(child)) return;
  doomed.add(child);
  setTimeout(() => child.kill('SIGKILL'), delayMs);
}

/** planOf makes an attack up; history may be forgotten up to a revision. */
function planOf(random: () => number, revision: number): Attack {
  const compacts = random() < 0.3 && revision > 0;
  const isLarge = random() < 0.3;
  const midst = compacts ? 'COMPACTING' : 'READY';
  const longestMs = compacts ? COMPACTION_MS : LONGEST_MS;
  return {
    writers: random() < 0.3 ? 1 : 1 + Math.floor(random() * 16),
    compactTo: compacts ? revision : 0,
    largest: isLarge ? 1_200_000 : 3000,
    after: random() < 0.8 ? midst : 'start',
    delayMs: random() * (isLarge ? FILLING_MS : longestMs),
  };
}

/** Moments are how many times it was killed when. */
interface Moments {
  acknowledged: number;
  /** While history was compacted. */
  compacting: number;
  /** While the journal had what the tables may not have. */
  journaled: number;
  /** After the journal had been filled and was written over. */
  overwritten: number;
  /** While what an earlier kill left was not looked at yet. */
  again: number;
}

/** generationOf is the newest generation of the frames in a journal: each use of a file begins one; 0: there are none. */
async function generationOf(store: string): Promise<number> {
  const files = ['journal.0', 'journal.1'].map((name) => readFile(join(store, name)));
  const frames = (await Promise.allSettled(files)).flatMap((one) =>
    one.status === 'fulfilled' ? decodeFrames(one.value) : [],
  );
  return Math.max(0, ...frames.map((one) => one.generation));
}

/** demandSwept demands that nothing is kept of a history that is forgotten whole. */
async function demandSwept(path: string): Promise<void> {
  const store = await openLmdbStore(path);
  await store.compact(await store.currentRevision());
  await store.close();
  const tables = openTables(path);
  expect([...tables.log.getKeys()]).toHaveLength([...tables.index.range({ prefix: '' })].length);
  await tables.root.close();
}

async function torture(lane: number, kills: number, moments: Moments): Promise<void> {
  const random = randomOf(SEED + lane);
  const model = new StoreModel();
  const path = join(directory, `store-${lane}`);
  for (let round = 0; round < kills; ) {
    const said: Said[] = [];
    // Some are killed again before anybody has seen to what was left.
    for (const inRow = 1 + Math.floor(random() * 2.5); said.length < inRow; round += 1) {
      const before = await generationOf(path);
      const outcome = await attack(path, round, planOf(random, model.revision));
      const begun = (await generationOf(path)) - before;
      said.push(outcome.said);
      moments.compacting += outcome.whileCompacting ? 1 : 0;
      moments.again += said.length > 1 ? 1 : 0;
      moments.journaled += begun > 0 ? 1 : 0;
      // There are two files.
      moments.overwritten += begun > 2 ? 1 : 0;
    }
    const all = together(said);
    moments.acknowledged += all.acknowledged.size;
    const store = await openLmdbStore(path);
    await model.check(store, all);
    await store.close();
  }
  await demandSwept(path);
}

describe('the store on disk', () => {
  it(
    `loses nothing that it answered, and tears nothing, when it is killed ${KILLS} times`,
    async () => {
      const perLane = Math.ceil(KILLS / LANES);
      const moments = { acknowledged: 0, compacting: 0, journaled: 0, overwritten: 0, again: 0 };
      const lanes = Array.from({ length: LANES }, (_, lane) => torture(lane, perLane, moments));
      await Promise.all(lanes);
      expect(moments.acknowledged).toBeGreaterThan(KILLS);
      for (const count of Object.values(moments)) expect(count).toBeGreaterThan(0);
    },
    60_000 + KILLS * 2000,
  );
});
