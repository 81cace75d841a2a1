import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openAuditLog } from '../../src/apiserver/audit/audit-log.ts';

let mount: string;
beforeEach(() => {
  mount = mkdtempSync(join(tmpdir(), 'sampan-full-audit-'));
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', mount]);
});
afterEach(() => {
  execFileSync('umount', [mount]);
  rmSync(mount, { recursive: true });
});

it.each([
  ['one file', 100 << 20],
  ['files that are put aside', 100_000],
])(
  'the audit log on a full disk, in %s, has whole lines only, counts the others and goes on',
  async (_, maxSizeBytes) => {
    const path = join(mount, 'audit.log');
    const said: { message: string; lost?: number }[] = [];
    const note = (fields: object, message: string) => said.push({ message, ...fields });
    const log = { info: note, warn: note, error: note };
    let time = Date.parse('2026-01-01T00:00:00Z');
    const now = () => {
      time += 1000;
      return new Date(time);
    };
    const sink = await openAuditLog({ path, maxSizeBytes, log, now });
    let written = 0;
    /** write makes lines of no multiple of a page, some at a time. */
    const write = async (count: number) => {
      for (let i = 0; i < count; i += 1) {
        sink.write(`${JSON.stringify({ index: written++, filler: 'x'.repeat(900) })}\n`);
        if (i % 7 === 0) await new Promise((resolve) => setTimeout(resolve, 1));
      }
    };
    writeFileSync(join(mount, 'ballast'), Buffer.alloc(512 << 10));
    await write(900);
    await expect.poll(() => said.length).toBe(1);
    expect(said[0]).toMatchObject({ message: 'the audit log fails', err: { code: 'ENOSPC' } });
    rmSync(join(mount, 'ballast'));
    await write(100);
    await sink.close();

    const files = readdirSync(mount).sort((a, b) =>
      a === 'audit.log' ? 1 : b === 'audit.log' ? -1 : a < b ? -1 : 1,
    );
    const lines = files.flatMap((name) =>
      readFileSync(join(mount, name), 'utf8').trimEnd().split('\n'),
    );
    const found = lines.map((line) => JSON.parse(line).index as number);
    expect(found).toEqual([...found].sort((a, b) => a - b));
    expect(found.slice(-50)).toEqual(Array.from({ length: 50 }, (_, i) => 950 + i));
    expect(found.length).toBeGreaterThan(400);
    const lost = said.filter((one) => one.lost !== undefined);
    expect(lost).toEqual([
      expect.objectContaining({ message: 'events were not recorded in the audit log' }),
    ]);
    expect(found.length + (lost[0]?.lost ?? 0)).toBe(1000);
    expect(said).toHaveLength(2);
  },
);
