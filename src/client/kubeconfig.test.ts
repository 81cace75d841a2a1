import { chmod, mkdir, mkdtemp, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { type ConnectionOverrides, resolveConnection } from './connection.ts';
import { KubeconfigError, kubeconfigPaths, loadKubeconfig } from './kubeconfig.ts';
import { updateKubeconfig } from './kubeconfig-writer.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'sampan-kubeconfig-'));
});
afterEach(() => rm(directory, { recursive: true }));

const CONFIG = `
apiVersion: v1
kind: Config
current-context: work
clusters:
- name: c1
  cluster: {server: 'https://one:6443', certificate-authority: ca.pem, x-unknown: kept}
contexts:
- name: work
  context: {cluster: c1, user: u1, namespace: project1}
- name: bare
  context: {cluster: c1, user: ''}
- name: broken
  context: {cluster: nowhere, user: u1}
users:
- name: u1
  user: {token: secret, as: eve, as-groups: [a]}
extensions: [{name: mine, extension: {a: 1}}]
`;

async function write(name: string, text: string): Promise<string> {
  const path = join(directory, name);
  await writeFile(path, text);
  return path;
}

async function connect(text: string, overrides: ConnectionOverrides = {}) {
  await write('ca.pem', 'PEM');
  return resolveConnection(await loadKubeconfig([await write('config', text)]), overrides);
}

describe('kubeconfigPaths', () => {
  it.each([
    ['the flag', { KUBECONFIG: '/a', HOME: '/h' }, '/x', ['/x']],
    [
      'every file of KUBECONFIG once',
      { KUBECONFIG: '/a:/b::/a', HOME: '/h' },
      undefined,
      ['/a', '/b'],
    ],
    ['the home directory', { HOME: '/h' }, undefined, ['/h/.kube/config']],
  ])('takes %s', (_, env, explicit, expected) => {
    expect(kubeconfigPaths(env, explicit)).toEqual(expected);
  });
});

describe('loadKubeconfig', () => {
  it('lets the first file that names a thing win, and passes over missing ones', async () => {
    const first = await write('first', 'clusters: [{name: c1, cluster: {server: first}}]');
    const second = await write('second', CONFIG);
    const config = await loadKubeconfig([join(directory, 'missing'), first, second]);
    expect(config.clusters.get('c1')?.server).toBe('first');
    expect(config.currentContext).toBe('work');
    expect([...config.contexts.keys()]).toEqual(['work', 'bare', 'broken']);
  });

  it('names the file that is broken', async () => {
    const path = await write('config', 'a: [');
    await expect(loadKubeconfig([path])).rejects.toThrow(`error loading config file "${path}"`);
  });
});

describe('resolveConnection', () => {
  it('follows the current context, and reads files beside the configuration', async () => {
    const connection = await connect(CONFIG);
    expect(connection).toMatchObject({ namespace: 'project1', clusterName: 'c1', userName: 'u1' });
    expect(connection.transport).toEqual({
      server: 'https://one:6443',
      caPem: 'PEM',
      token: 'secret',
      impersonate: { user: 'eve', groups: ['a'] },
    });
  });

  it('lets flags go first', async () => {
    const { transport, namespace } = await connect(CONFIG, {
      context: 'bare',
      server: 'https://two',
      token: 'other',
      insecureSkipTlsVerify: true,
    });
    expect(namespace).toBe('default');
    expect(transport).toEqual({
      server: 'https://two',
      insecureSkipTlsVerify: true,
      token: 'other',
    });
  });

  it.each([
    [{ context: 'x' }, 'context "x" does not exist'],
    [{ context: 'broken' }, 'cluster "nowhere" does not exist'],
    [{ user: 'x' }, 'auth info "x" does not exist'],
  ])('says what does not exist: %j', async (overrides, message) => {
    await expect(connect(CONFIG, overrides)).rejects.toThrow(message);
  });

  it('says that there is no configuration', async () => {
    const none = resolveConnection(await loadKubeconfig([]));
    await expect(none).rejects.toThrow('Missing or incomplete configuration info.');
  });

  it('asks a credential program, and again only when its answer expires', async () => {
    const program = await write(
      'helper',
      `#!/bin/sh\necho x >> ${directory}/calls\necho '{"status":{"token":"'$WHO'","expirationTimestamp":"'$UNTIL'"}}'\n`,
    );
    await chmod(program, 0o755);
    const user = (until: string) => `
clusters: [{name: c, cluster: {server: 'https://one'}}]
users: [{name: u, user: {exec: {apiVersion: client.authentication.k8s.io/v1, command: ${program}, env: [{name: WHO, value: me}, {name: UNTIL, value: '${until}'}]}}}]`;
    const overrides = { cluster: 'c', user: 'u' };
    for (const until of ['2999-01-01T00:00:00Z', '2001-01-01T00:00:00Z']) {
      const { transport } = await connect(user(until), overrides);
      const ask = transport.token as () => Promise<string>;
      expect([await ask(), await ask()]).toEqual(['me', 'me']);
    }
    expect((await readFile(join(directory, 'calls'), 'utf8')).split('\n')).toHaveLength(1 + 3 + 1);
  });
});

describe('updateKubeconfig', () => {
  it('makes the file, readable by its owner only', async () => {
    const path = join(directory, 'deep', 'config');
    await updateKubeconfig([path], {
      clusters: { c: { server: 'https://one' } },
      contexts: { x: { cluster: 'c', user: 'u', namespace: 'n' } },
      users: { u: { token: 't' } },
      currentContext: 'x',
    });
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    const { transport, namespace } = await resolveConnection(await loadKubeconfig([path]));
    expect({ ...transport, namespace }).toEqual({
      server: 'https://one',
      token: 't',
      namespace: 'n',
    });
  });

  it('keeps what it does not know, follows links, and takes away what is null', async () => {
    const real = await write('real', CONFIG);
    await mkdir(join(directory, 'home'));
    const link = join(directory, 'home', 'config');
    await symlink(real, link);
    await updateKubeconfig([link], {
      clusters: { c1: { server: 'https://new', 'certificate-authority': null } },
      users: { u1: null },
    });
    const file = parse(await readFile(real, 'utf8'));
    expect(file.clusters).toEqual([
      { name: 'c1', cluster: { server: 'https://new', 'x-unknown': 'kept' } },
    ]);
    expect(file.users).toEqual([]);
    expect(file.extensions).toEqual([{ name: 'mine', extension: { a: 1 } }]);
  });

  it('changes an entry in the file that holds it and puts new ones into the first', async () => {
    const first = await write('first', 'clusters: []');
    const second = await write('second', CONFIG);
    await updateKubeconfig([first, second], {
      contexts: { work: { namespace: 'project2' }, fresh: { cluster: 'c1' } },
      currentContext: 'fresh',
    });
    const config = await loadKubeconfig([first, second]);
    expect(config.currentContext).toBe('fresh');
    expect(config.contexts.get('work')).toMatchObject({ namespace: 'project2', user: 'u1' });
    expect(parse(await readFile(first, 'utf8')).contexts).toEqual([
      { name: 'fresh', context: { cluster: 'c1' } },
    ]);
  });

  it('loses nothing when several write at once, and names a lock that is left over', async () => {
    const path = join(directory, 'config');
    const names = Array.from({ length: 10 }, (_, i) => `c${i}`);
    await Promise.all(
      names.map((name) => updateKubeconfig([path], { clusters: { [name]: { server: name } } })),
    );
    expect([...(await loadKubeconfig([path])).clusters.keys()].sort()).toEqual(names);
    await write('config.lock', '');
    const stuck = updateKubeconfig([path], { currentContext: 'x' });
    await expect(stuck).rejects.toThrow(KubeconfigError);
  });
});
