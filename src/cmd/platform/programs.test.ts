import { mkdtemp, readlink, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { installPrograms } from './programs.ts';

describe('installPrograms', () => {
  let directory: string;
  let launcher: string;
  const at = (name: string) => join(directory, name);

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'programs-'));
    launcher = at('here');
    await writeFile(launcher, '');
    vi.stubEnv('PATH', directory);
  });
  afterEach(async () => {
    vi.unstubAllEnvs();
    await rm(directory, { recursive: true });
  });

  it('takes the place of links to an installation that is gone', async () => {
    await symlink('/no/such/place/sampan', at('sampan'));
    await symlink('/no/such/place/sampan', at('oc'));
    expect(await installPrograms(launcher, directory)).toEqual(['sampan', 'oc']);
    expect(await readlink(at('sampan'))).toBe(launcher);
    expect(await installPrograms(launcher, directory)).toEqual([]);
  });

  it('leaves other programs and other links alone', async () => {
    await writeFile(at('sampan'), '');
    await symlink('/no/such/place/oc-4.13', at('oc'));
    expect(await installPrograms(launcher, directory)).toEqual([]);
    expect(await readlink(at('oc'))).toBe('/no/such/place/oc-4.13');
  });
});
