import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { elapsedMs, median, type Result, type Row } from './load/figures.ts';

const ROUNDS = 15;
const call = promisify(execFile);

function callMs(program: string, args: readonly string[]): Promise<number> {
  // A server that does not answer is measured too: what counts is the client.
  return elapsedMs(() => call(program, [...args]).catch(() => undefined));
}

/** realOc finds an `oc` of somebody else: $BENCH_OC, or the first on the PATH that is not Sampan's. */
function realOc(): string | undefined {
  const named = process.env.BENCH_OC;
  if (named) return named;
  const folders = (process.env.PATH ?? '').split(delimiter);
  return folders.map((folder) => join(folder, 'oc')).find((path) => existsSync(path));
}

/**
 * run measures how long `get pods` takes from the call to the end of the process, against a bare
 * Node and, where there is one, a real `oc`; the programs take turns, so that a busy machine slows
 * all of them.
 */
export async function run(): Promise<Result> {
  const oc = realOc();
  const programs: [string, string, string[]][] = [
    ['sampan get pods', './sampan', ['get', 'pods']],
    ['node without a program', process.execPath, ['-e', '0']],
    ...(oc ? ([['oc get pods', oc, ['get', 'pods']]] as [string, string, string[]][]) : []),
  ];
  const times = new Map<string, number[]>(programs.map(([work]) => [work, []]));
  for (let round = 0; round < ROUNDS; round += 1)
    for (const [work, program, args] of programs)
      times.get(work)?.push(await callMs(program, args));
  const rows: Row[] = programs.map(([work]) => ({
    work,
    value: Math.round(median(times.get(work) ?? [])),
    unit: 'ms',
  }));
  const ours = median(times.get('sampan get pods') ?? []);
  const theirs = median(times.get('oc get pods') ?? []);
  if (theirs > 0)
    rows.push({
      work: 'sampan get pods / oc get pods',
      value: Math.round((ours / theirs) * 100) / 100,
      unit: '×',
      goal: '≤ 0.8',
    });
  return { name: 'command line', rows };
}
