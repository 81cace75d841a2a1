import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findKubectls, findOc, runClient } from '../integration/support/kubectl.ts';
import { type ConformanceServer, startConformanceServer } from './support/conformance-server.ts';
import { SAMPLES } from './support/samples.data.ts';

// Nothing finishes the deletion of these here: no controller takes their finalizers away.
const HELD = new Set(['Namespace', 'PersistentVolume', 'PersistentVolumeClaim']);
// Lists of these get defaults, and are replaced whole: kubectl patches them at each apply.
const ALWAYS_PATCHED = new Set([
  'CSINode',
  'EndpointSlice',
  'MutatingAdmissionPolicy',
  'PodDisruptionBudget',
  'ResourceClaim',
  'ResourceClaimTemplate',
  'ValidatingAdmissionPolicy',
]);
// kubectl before 1.33 or 1.34 describes these in versions that are gone.
const NOT_DESCRIBED = new Set(['IPAddress', 'ServiceCIDR', 'VolumeAttributesClass']);
// The same before 1.25; and of a kind whose version it does not know it cannot merge lists.
const NOT_DESCRIBED_BY_OLD = new Set([
  ...NOT_DESCRIBED,
  'CronJob',
  'EndpointSlice',
  'PodDisruptionBudget',
]);
const ALWAYS_PATCHED_BY_OLD = new Set([...ALWAYS_PATCHED, 'CronJob']);
const OLD = /v1\.(1\d|2[0-4])\./;
const SCALED = new Set(['Deployment', 'ReplicaSet', 'ReplicationController', 'StatefulSet']);
const OBJECTS = SAMPLES.filter((sample) => !HELD.has(sample.kind ?? ''));

let server: ConformanceServer;
let folder: string;
let manifest: string;

beforeAll(async () => {
  server = await startConformanceServer();
  folder = await mkdtemp(join(tmpdir(), 'sampan-manifests-'));
  manifest = await writeList('all', new Set());
});

/** writeList writes a manifest with all objects but those of some kinds. */
async function writeList(name: string, without: ReadonlySet<string>): Promise<string> {
  const file = join(folder, `${name}.json`);
  const items = OBJECTS.filter((one) => !without.has(one.kind ?? ''));
  await writeFile(file, JSON.stringify({ apiVersion: 'v1', kind: 'List', items }));
  return file;
}

afterAll(async () => {
  await server.close();
  await rm(folder, { recursive: true });
});

/** versionOf names a client as the table of compatibility does: `kubectl v1.30.1`. */
async function versionOf(program: string): Promise<string> {
  const args = ['version', '--client', '-o', 'json'];
  const { stdout } = await runClient(program, args, { kubeconfig: '' });
  const { clientVersion, releaseClientVersion } = JSON.parse(stdout);
  const { gitVersion } = clientVersion;
  return releaseClientVersion === undefined && gitVersion.startsWith('v')
    ? `kubectl ${gitVersion}`
    : `oc ${releaseClientVersion ?? gitVersion}`;
}

const found = [...findKubectls(), ...findOc()];
const versions = await Promise.all(
  found.map(async (program) => [await versionOf(program), program] as const),
);
// A program that only chooses one of the others is none of its own.
const clients = versions.filter(([version]) => !version.endsWith('-dispatcher'));

it('finds a client to test with', () => expect(clients).not.toEqual([]));

describe.each(clients)('%s', (version, program) => {
  const isOld = OLD.test(version);

  /** run carries out a command on all samples and answers its lines. */
  async function run(...args: string[]): Promise<string[]> {
    const { kubeconfig } = server;
    const result = await runClient(program, args, { kubeconfig, timeoutMs: 110_000 });
    expect({ args, stderr: withoutWarnings(result.stderr), code: result.code }).toEqual({
      args,
      stderr: '',
      code: 0,
    });
    return result.stdout.trim().split('\n');
  }

  const lines = (ending: string) =>
    Array.from({ length: OBJECTS.length }, () => expect.stringMatching(ending));

  it('creates each kind', async () => {
    expect(await run('create', '-f', manifest)).toEqual(lines(' created$'));
  });

  it('gets each kind: by name, as a table, wide, as JSON and by JSONPath', async () => {
    expect(await run('get', '-f', manifest, '-o', 'name')).toHaveLength(OBJECTS.length);
    expect((await run('get', '-f', manifest)).length).toBeGreaterThan(OBJECTS.length);
    expect((await run('get', '-f', manifest, '-o', 'wide')).length).toBeGreaterThan(OBJECTS.length);
    const list = JSON.parse((await run('get', '-f', manifest, '-o', 'json')).join('\n'));
    expect(list.items).toHaveLength(OBJECTS.length);
    const kinds = await run('get', '-f', manifest, '-o', 'jsonpath={.items[*].kind}');
    expect(kinds.join('').split(' ')).toHaveLength(OBJECTS.length);
  });

  it('describes each kind', async () => {
    const without = isOld ? NOT_DESCRIBED_BY_OLD : NOT_DESCRIBED;
    const described = await writeList('described', without);
    const text = (await run('describe', '-f', described)).join('\n');
    expect(text.match(/^Name:/gm)?.length).toBeGreaterThanOrEqual(OBJECTS.length - without.size);
  });

  it('labels, annotates and patches each kind', async () => {
    expect(await run('label', '-f', manifest, 'by=kubectl')).toEqual(lines(' labeled$'));
    expect(await run('annotate', '-f', manifest, 'by=kubectl')).toEqual(lines(' annotated?$'));
    const patch = JSON.stringify({ metadata: { annotations: { patched: 'yes' } } });
    expect(await run('patch', '-f', manifest, '--type=merge', '-p', patch)).toEqual(
      lines(' patched$'),
    );
  });

  it('applies each kind, from the client and from the server', async () => {
    expect(await run('apply', '-f', manifest)).toEqual(lines(' (configured|unchanged)$'));
    const settled = await writeList('settled', isOld ? ALWAYS_PATCHED_BY_OLD : ALWAYS_PATCHED);
    const again = await run('apply', '-f', settled);
    expect(again.filter((line) => !line.endsWith(' unchanged'))).toEqual([]);
    expect(await run('apply', '--server-side', '--force-conflicts', '-f', manifest)).toEqual(
      lines(' serverside-applied$'),
    );
    expect(await run('apply', '--dry-run=server', '-f', manifest)).toEqual(
      lines(' \\(server dry run\\)$'),
    );
  });

  it('replaces each kind', async () => {
    expect(await run('replace', '-f', manifest)).toEqual(lines(' replaced$'));
  });

  it('scales what can be scaled', async () => {
    const scaled = OBJECTS.filter(({ kind }) => SCALED.has(kind ?? ''));
    expect(scaled).toHaveLength(SCALED.size);
    for (const { kind, metadata } of scaled) {
      const args = [`${kind}/${metadata.name}`, '--replicas=4'];
      expect(await run('scale', ...args)).toEqual([expect.stringMatching(/ scaled$/)]);
      const path = ['-o', 'jsonpath={.spec.replicas}'];
      expect(await run('get', `${kind}/${metadata.name}`, ...path)).toEqual(['4']);
    }
  });

  it('creates, shows, changes and deletes what others must let go', async () => {
    for (const sample of SAMPLES.filter(({ kind }) => HELD.has(kind ?? ''))) {
      const name = `held-${clients.findIndex(([other]) => other === version)}`;
      const file = join(folder, `${name}.json`);
      await writeFile(file, JSON.stringify({ ...sample, metadata: { ...sample.metadata, name } }));
      expect(await run('create', '-f', file)).toEqual([expect.stringMatching(/ created$/)]);
      expect((await run('get', '-f', file, '-o', 'wide')).join('\n')).toContain(name);
      expect((await run('describe', '-f', file)).join('\n')).toMatch(/^Name:/);
      expect(await run('label', '-f', file, 'by=kubectl')).toEqual([
        expect.stringMatching(/ labeled$/),
      ]);
      expect(await run('apply', '-f', file)).toEqual([expect.stringMatching(/ configured$/)]);
      expect(await run('replace', '-f', file)).toEqual([expect.stringMatching(/ replaced$/)]);
      expect(await run('delete', '-f', file, '--wait=false')).toEqual([
        expect.stringMatching(/ deleted/),
      ]);
      const at = ['--ignore-not-found', '-o', 'jsonpath={.metadata.deletionTimestamp}'];
      expect(await run('get', '-f', file, ...at)).toEqual([expect.stringMatching(/^(20.*)?$/)]);
    }
  });

  it('asks what it may do, approves requests and reads any path', async () => {
    expect(await run('auth', 'can-i', 'create', 'pods')).toEqual(['yes']);
    const [request] = OBJECTS.filter(({ kind }) => kind === 'CertificateSigningRequest');
    const { name = '' } = request?.metadata ?? {};
    const command = version.startsWith('oc') ? ['adm', 'certificate'] : ['certificate'];
    expect(await run(...command, 'approve', name)).toEqual([expect.stringMatching(/ approved$/)]);
    expect(await run('get', 'csr', name, '--no-headers')).toEqual([
      expect.stringMatching(/Approved/),
    ]);
    expect(await run('get', '--raw', '/readyz')).toEqual(['ok']);
  });

  it('deletes each kind', async () => {
    const args = ['--force', '--grace-period=0', '--wait=false', '--cascade=background'];
    expect(await run('delete', '-f', manifest, ...args)).toEqual(lines(' (force )?deleted'));
    expect(await run('get', '-f', manifest, '--ignore-not-found', '-o', 'name')).toEqual(['']);
  });
});

/** withoutWarnings takes out what is no error: warnings of the server and of the client. */
function withoutWarnings(stderr: string): string {
  return stderr
    .split('\n')
    .filter((line) => !/^(Warning|warning): /.test(line) && line !== '')
    .join('\n');
}
