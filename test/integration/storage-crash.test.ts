import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openLmdbStore } from '../../src/storage/lmdb/lmdb-store.ts';
import { parseSaid, type Said, StoreModel } from './support/store-model.ts';

/** How many times writers are killed; a longer run: `SAMPAN_CRASH_KILLS=5000`. */
const KILLS = Number(process.env.SAMPAN_CRASH_KILLS ?? 300);
/** So many stores are tortured beside each other. */
const LANES = 4;
/** A writer is killed at most so long after it began, or was ready. */
const LONGEST_MS = 60;

const repository = join(import.meta.dirname, '../..');
const program = join(repository, '.cache', `store-crash-${process.pid}`, 'writer.mjs');
let directory: string;

beforeAll(async () => {
  await build({
    entryPoints: [join(import.meta.dirname, 'support/store-crash-writer.ts')],
    outfile: program,
    bundle: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
  });
  directory = await mkdtemp(join(tmpdir(), 'sampan-crash-'));
});

afterAll(async () => {
  await rm(directory, { recursive: true, force: true });
  await rm(join(program, '..'), { recursive: true, force: true });
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
  readonly compactTo: number;
  /** Kill so long after the start (while it opens the store), or after it is ready. */
  readonly afterReady: boolean;
  readonly delayMs: number;
}

/** attack runs a writer, kills it, and answers what it had said. */
async function attack(store: string, round: number, plan: Attack): Promise<Said> {
  const { writers, compactTo, afterReady, delayMs } = plan;
  const args = [program, store, String(round), String(writers), String(compactTo)];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  let complaint = '';
  child.stdout.on('data', (chunk) => {
    output += chunk;
    if (afterReady && output.startsWith('READY\n')) killAfter(child, delayMs);
  });
  child.stderr.on('data', (chunk) => {
    complaint += chunk;
  });
  if (!afterReady) killAfter(child, delayMs + 20);
  const signal = await new Promise((resolve) => child.on('close', (_, one) => resolve(one)));
  expect({ signal, complaint }).toEqual({ signal: 'SIGKILL', complaint: '' });
  return parseSaid(output);
}

const doomed = new WeakSet<ChildProcess>();

function killAfter(child: ChildProcess, delayMs: number): void {
  if (doomed.has(child)) return;
  doomed.add(child);
  setTimeout(() => child.kill('SIGKILL'), delayMs);
}

async function torture(lane: number, kills: number): Promise<number> {
  const random = randomOf(lane + 1);
  const model = new StoreModel();
  const path = join(directory, `store-${lane}`);
  let acknowledged = 0;
  for (let round = 0; round < kills; round += 1) {
    const said = await attack(path, round, {
      writers: random() < 0.3 ? 1 : 1 + Math.floor(random() * 16),
      compactTo: random() < 0.2 ? model.revision : 0,
      afterReady: random() < 0.85,
      delayMs: random() * LONGEST_MS,
    });
    acknowledged += said.acknowledged.size;
    const store = await openLmdbStore(path);
    await model.check(store, said);
    await store.close();
  }
  return acknowledged;
}

describe('the store on disk', () => {
  it(
    `loses nothing that it answered, and tears nothing, when it is killed ${KILLS} times`,
    async () => {
      const perLane = Math.ceil(KILLS / LANES);
      const lanes = Array.from({ length: LANES }, (_, lane) => torture(lane, perLane));
      const acknowledged = (await Promise.all(lanes)).reduce((sum, one) => sum + one, 0);
      expect(acknowledged).toBeGreaterThan(KILLS);
    },
    60_000 + KILLS * 2000,
  );
});
