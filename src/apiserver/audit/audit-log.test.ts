import { mkdir, mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type AuditLogOptions, openAuditLog } from './audit-log.ts';

const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
let directory: string;
let now: number;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'audit-'));
  now = Date.parse('2026-01-01T00:00:00Z');
});

afterEach(() => rm(directory, { recursive: true }));

function open(options: Partial<AuditLogOptions> = {}) {
  return openAuditLog({
    path: join(directory, 'audit.log'),
    log,
    now: () => {
      now += 60_000;
      return new Date(now);
    },
    ...options,
  });
}

const line = (index: number) => `${JSON.stringify({ index, filler: 'x'.repeat(80) })}\n`;

it('appends lines, in order, also after it was opened again', async () => {
  for (const from of [0, 50]) {
    const sink = await open();
    for (let index = from; index < from + 50; index += 1) sink.write(line(index));
    await sink.close();
  }
  const text = await readFile(join(directory, 'audit.log'), 'utf8');
  const found = text.trimEnd().split('\n');
  expect(found.map((one) => JSON.parse(one).index)).toEqual(found.map((_, index) => index));
  expect(found).toHaveLength(100);
});

it('begins a new file when one is full, and loses nothing', async () => {
  const sink = await open({ maxSizeBytes: 1000 });
  for (let index = 0; index < 100; index += 1) sink.write(line(index));
  await sink.close();
  const names = (await readdir(directory)).sort();
  expect(names.length).toBeGreaterThan(5);
  expect(names[0]).toMatch(/^audit-2026-01-01T00-\d\d-00\.000\.log$/);
  const files = await Promise.all(names.map((one) => readFile(join(directory, one), 'utf8')));
  expect(Math.max(...files.map((one) => one.length))).toBeLessThanOrEqual(1000);
  const indices = files
    .join('')
    .trimEnd()
    .split('\n')
    .map((one) => JSON.parse(one).index);
  expect(indices).toEqual(indices.map((_, index) => index));
  expect(indices).toHaveLength(100);
});

it('keeps so many old files, and none that are too old', async () => {
  const few = await open({ maxSizeBytes: 200, maxBackups: 3 });
  for (let index = 0; index < 30; index += 1) few.write(line(index));
  await few.close();
  expect(await readdir(directory)).toHaveLength(4);
  const young = await open({ maxSizeBytes: 200, maxAgeMs: 1 });
  for (let index = 0; index < 30; index += 1) young.write(line(index));
  await young.close();
  expect(await readdir(directory)).toEqual(['audit.log']);
});

it('drops nothing while it keeps up, however much comes without a pause', async () => {
  const mebibyte = 1024 * 1024;
  const sizes = [40, 30, 20].map((size) => size * mebibyte);
  const [first = '', second = '', third] = sizes.map((size) => `${'x'.repeat(size - 1)}\n`);
  const late = [third];
  const sink = await open({
    maxSizeBytes: 45 * mebibyte,
    now() {
      // The first line has been written, the second one waits.
      for (const one of late.splice(0)) sink.write(one ?? '');
      now += 60_000;
      return new Date(now);
    },
  });
  sink.write(first);
  sink.write(second);
  await sink.close();
  const files = await Promise.all(
    (await readdir(directory)).map((name) => stat(join(directory, name))),
  );
  expect(files.map(({ size }) => size).sort((a, b) => b - a)).toEqual(sizes);
});

it('drops what comes while 64 MiB wait, says how much, and goes on', async () => {
  const mebibyte = 1024 * 1024;
  const lost: unknown[] = [];
  const error = (fields: object, message: string) => void lost.push({ ...fields, message });
  const sink = await open({ log: { ...log, error } });
  // Nothing is written before the turn ends.
  sink.write(`${'x'.repeat(40 * mebibyte)}\n`);
  sink.write(`${'x'.repeat(25 * mebibyte)}\n`);
  sink.write(line(0));
  sink.write(line(1));
  const path = join(directory, 'audit.log');
  await expect.poll(() => lost).not.toEqual([]);
  sink.write(line(2));
  await sink.close();
  const message = 'events were not recorded in the audit log';
  expect(lost).toEqual([{ path, lost: 2, message }]);
  const { size } = await stat(path);
  expect(size).toBe(65 * mebibyte + 2 + line(2).length);
});

it('goes on in its file where that cannot be put aside, and says so once', async () => {
  const said: string[] = [];
  const sink = await open({
    maxSizeBytes: 1000,
    log: { ...log, error: (_, message) => said.push(message) },
    now: () => new Date(now),
  });
  // A directory stands where the file would go.
  const aside = join(directory, 'audit-2026-01-01T00-00-00.000.log');
  await mkdir(join(aside, 'x'), { recursive: true });
  for (let index = 0; index < 50; index += 1) {
    sink.write(line(index));
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  await expect.poll(async () => linesOf('audit.log')).toHaveLength(50);
  expect(said).toEqual(['the audit log fails']);
  await rm(aside, { recursive: true });
  sink.write(line(50));
  await sink.close();
  expect(await linesOf('audit.log')).toEqual([50]);
  expect(await linesOf('audit-2026-01-01T00-00-00.000.log')).toHaveLength(50);
});

it('makes its file anew where somebody took it away when it was full', async () => {
  const sink = await open({ maxSizeBytes: 1000 });
  for (let index = 0; index < 9; index += 1) sink.write(line(index));
  await expect.poll(async () => linesOf('audit.log')).toHaveLength(9);
  await rm(join(directory, 'audit.log'));
  sink.write(line(9));
  sink.write(line(10));
  await sink.close();
  expect(await linesOf('audit.log')).toEqual([9, 10]);
});

/** linesOf are the numbers of the lines in a file, all of which are whole. */
async function linesOf(name: string): Promise<number[]> {
  const text = await readFile(join(directory, name), 'utf8');
  return text
    .trimEnd()
    .split('\n')
    .map((one) => JSON.parse(one).index);
}
