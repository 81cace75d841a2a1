import { mkdir, mkdtemp, readdir, readFile, readlink, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { PersistentVolume, Volume } from '../../apis/core/v1/types.ts';
import { aContainer, aPod } from '../fake/pod-fixture.ts';
import { type Payload, writeAtomically } from './atomic-writer.ts';
import { prepareHostPath } from './host-path.ts';
import { prepareLocalVolume } from './local-volume.ts';
import { volumeBinds } from './mounts.ts';
import { type PayloadContext, payloadOf, tokenKey } from './payload.ts';
import { podDirectory } from './pod-directory.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'volumes-'));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

describe('writeAtomically', () => {
  const payload = (files: Record<string, string>, mode = 0o644): Payload =>
    new Map(Object.entries(files).map(([path, text]) => [path, { data: Buffer.from(text), mode }]));
  const write = (files: Record<string, string>, mode?: number) =>
    writeAtomically(join(directory, 'v'), payload(files, mode), undefined);
  const read = (path: string) => readFile(join(directory, 'v', path), 'utf8');

  it('shows files through one link, in directories too', async () => {
    await write({ a: '1', 'sub/b': '2' });
    expect([await read('a'), await read('sub/b')]).toEqual(['1', '2']);
    expect(await readlink(join(directory, 'v/a'))).toBe('..data/a');
    expect(await readlink(join(directory, 'v/..data'))).toMatch(/^\.\.\d{4}_/);
  });

  it('replaces everything at once and removes what is gone', async () => {
    await write({ a: '1', b: '2' });
    expect(await write({ b: '3', c: '4' })).toBe(true);
    expect(await read('b')).toBe('3');
    const names = (await readdir(join(directory, 'v'))).sort();
    expect(names.filter((name) => !/^\.\.\d/.test(name))).toEqual(['..data', 'b', 'c']);
    expect(names.filter((name) => /^\.\.\d/.test(name))).toHaveLength(1);
  });

  it('does nothing where nothing changed, but sees a changed mode', async () => {
    await write({ a: '1' });
    expect(await write({ a: '1' })).toBe(false);
    expect(await write({ a: '1' }, 0o400)).toBe(true);
    expect((await stat(join(directory, 'v/a'))).mode & 0o777).toBe(0o400);
  });
});

describe('payloadOf', () => {
  const context: PayloadContext = {
    pod: aPod(),
    podIP: '',
    hostIP: '',
    allocatable: {},
    tokens: new Map([[tokenKey(undefined, 3607), 'a.b.c']]),
    sources: {
      services: [],
      configMaps: new Map([
        [
          'settings',
          {
            apiVersion: 'v1',
            kind: 'ConfigMap',
            metadata: {},
            data: { a: '1', b: '2' },
            binaryData: { c: Buffer.from([255]).toString('base64') },
          },
        ],
      ]),
      secrets: new Map(),
    },
  };
  const shown = (volume: Partial<Volume>): Record<string, string> =>
    Object.fromEntries(
      [...payloadOf({ name: 'v', ...volume }, context)].map(([path, { data, mode }]) => [
        path,
        `${Buffer.from(data).toString('latin1')} ${mode.toString(8)}`,
      ]),
    );

  it('has all keys, or those that are asked for', () => {
    expect(shown({ configMap: { name: 'settings' } })).toEqual({
      a: '1 644',
      b: '2 644',
      c: '\xff 644',
    });
    const items = [{ key: 'a', path: 'x/y', mode: 0o600 }];
    expect(shown({ configMap: { name: 'settings', items } })).toEqual({ 'x/y': '1 600' });
  });

  it('joins several sources with a token', () => {
    const projected = {
      defaultMode: 0o440,
      sources: [
        { serviceAccountToken: { path: 'token', expirationSeconds: 3607 } },
        { configMap: { name: 'settings', items: [{ key: 'a', path: 'ca.crt' }] } },
        { downwardAPI: { items: [{ path: 'ns', fieldRef: { fieldPath: 'metadata.namespace' } }] } },
      ],
    };
    expect(shown({ projected })).toEqual({ token: 'a.b.c 440', 'ca.crt': '1 440', ns: 'test 440' });
  });

  it.each([
    [{ configMap: { name: 'none' } }, 'configmap "none" not found'],
    [{ secret: { secretName: 'none' } }, 'secret "none" not found'],
    [
      { configMap: { name: 'settings', items: [{ key: 'z', path: 'z' }] } },
      'references non-existent config key: z',
    ],
  ])('says what is missing: %j', (volume, message) => {
    expect(() => shown(volume)).toThrow(message);
  });

  it('is empty for what is optional', () => {
    expect(shown({ secret: { secretName: 'none', optional: true } })).toEqual({});
  });
});

describe('volumeBinds', () => {
  const binds = (mount: object, volume: Partial<Volume> = { emptyDir: {} }) => {
    const container = aContainer('main', {
      volumeMounts: [{ name: 'v', mountPath: '/m', ...mount }],
    });
    const pod = aPod({ containers: [container], volumes: [{ name: 'v', ...volume }] });
    const disk: PersistentVolume = {
      apiVersion: 'v1',
      kind: 'PersistentVolume',
      metadata: { name: 'disk' },
      spec: { local: { path: '/disk' } },
    };
    return volumeBinds(pod, container, {
      directory: podDirectory(directory, 'u1'),
      claimed: new Map(volume.persistentVolumeClaim ? [['v', disk]] : []),
      variables: new Map([['A', 'x']]),
    });
  };
  const base = () => join(directory, 'pods/u1/volumes/kubernetes.io~empty-dir/v');

  it('binds the directory of a volume', async () => {
    expect(await binds({})).toEqual([`${base()}:/m`]);
    expect(await binds({ readOnly: true, mountPropagation: 'HostToContainer' })).toEqual([
      `${base()}:/m:ro,rslave`,
    ]);
  });

  it('binds files of the API read-only', async () => {
    expect((await binds({}, { configMap: { name: 'c' } }))[0]).toMatch(/:\/m:ro$/);
  });

  it('binds the persistent volume of a claim', async () => {
    const persistentVolumeClaim = { claimName: 'c' };
    expect(await binds({}, { persistentVolumeClaim })).toEqual(['/disk:/m']);
    const readOnly = { persistentVolumeClaim: { ...persistentVolumeClaim, readOnly: true } };
    expect(await binds({}, readOnly)).toEqual(['/disk:/m:ro']);
  });

  it('makes the directory of a sub path, also from a variable', async () => {
    expect(await binds({ subPath: 'a/b' })).toEqual([`${base()}/a/b:/m`]);
    expect(await binds({ subPathExpr: '$(A)/y' })).toEqual([`${base()}/x/y:/m`]);
  });

  it.each(['..', 'a/../../b'])('refuses the sub path %s', async (subPath) => {
    await expect(binds({ subPath })).rejects.toThrow('subPath');
  });
});

describe('prepareLocalVolume', () => {
  it('gives a local volume to the group of the pod, all of it', async () => {
    const path = join(directory, 'local');
    await mkdir(join(path, 'sub'), { recursive: true });
    await writeFile(join(path, 'sub/file'), '', { mode: 0o600 });
    const volume: PersistentVolume = {
      apiVersion: 'v1',
      kind: 'PersistentVolume',
      metadata: { name: 'disk' },
      spec: { local: { path } },
    };
    const fsGroup = (await stat(path)).gid;
    await prepareLocalVolume(volume, aPod({ securityContext: { fsGroup } }));
    expect((await stat(join(path, 'sub'))).mode & 0o7770).toBe(0o2770);
    expect((await stat(join(path, 'sub/file'))).mode & 0o777).toBe(0o660);
  });
});

describe('prepareHostPath', () => {
  const path = () => join(directory, 'h');

  it('makes what may be made', async () => {
    await prepareHostPath({ path: path(), type: 'DirectoryOrCreate' });
    expect((await stat(path())).isDirectory()).toBe(true);
  });

  it.each([
    ['Directory', 'is not a directory'],
    ['File', 'is not a file'],
    ['Socket', 'is not a socket file'],
  ])('refuses a %s that is not there', async (type, message) => {
    await expect(prepareHostPath({ path: path(), type })).rejects.toThrow(
      `hostPath type check failed: ${path()} ${message}`,
    );
  });
});
