import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type ConformanceServer,
  NAMESPACE,
  startConformanceServer,
} from './support/conformance-server.ts';
import { SAMPLES } from './support/samples.data.ts';

// The distribution's Python has the client (package python3-kubernetes); another one may come first.
const PYTHON = '/usr/bin/python3';
const PROGRAM = fileURLToPath(new URL('./support/python/main.py', import.meta.url));
/** How many kinds the generated classes of the oldest client know. */
const TYPED_KINDS = 45;

let server: ConformanceServer;
let folder: string;
/** What went wrong with each check; null: nothing. */
const results = new Map<string, string | null>();

beforeAll(async () => {
  server = await startConformanceServer();
  folder = await mkdtemp(join(tmpdir(), 'sampan-python-'));
  const samples = join(folder, 'samples.json');
  await writeFile(samples, JSON.stringify(SAMPLES));
  const { stdout } = await promisify(execFile)(
    PYTHON,
    [PROGRAM, server.kubeconfig, NAMESPACE, samples],
    { env: { ...process.env, TMPDIR: folder, PYTHONDONTWRITEBYTECODE: '1' } },
  );
  for (const line of stdout.trim().split('\n')) {
    const { check, error } = JSON.parse(line) as { check: string; error: string | null };
    results.set(check, error);
  }
});

afterAll(async () => {
  await server.close();
  await rm(folder, { recursive: true });
});

describe('the Python client', () => {
  const kinds = SAMPLES.map((sample) => `${sample.apiVersion} ${sample.kind}`);
  it.each(kinds)('%s: create, read, list, patch, apply, replace, delete', (kind) => {
    expect(results.get(kind)).toBeNull();
    // Kinds that are newer than the client have no class of their own.
    expect(results.get(`${kind} typed`) ?? null).toBeNull();
  });

  it('has read most kinds into its own classes', () => {
    const typed = [...results.keys()].filter((check) => check.endsWith(' typed'));
    expect(typed.length).toBeGreaterThanOrEqual(TYPED_KINDS);
  });

  it.each([
    'lists in pages and deletes a collection',
    'watches, with bookmarks and with a time limit',
    'watches with the dynamic client',
    'applies, conflicts and forces',
    'creates from a manifest',
    'scales, and patches the status alone',
    'elects a leader',
    'discovers',
    'defines a resource and uses it',
    'asks for reviews and tokens, and is refused',
    'creates in many threads',
    'loses no update under conflicts',
    'is refused an exec into a pod without a node',
    'is refused a port-forward to a pod without a node',
    'reads logs',
    'evicts',
    'binds',
    'proxies',
  ])('%s', (check) => {
    expect(results.get(check)).toBeNull();
  });
});
