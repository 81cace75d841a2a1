import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Container, Pod } from '../apis/core/v1/types.ts';
import { PODS } from '../apis/resource-types.ts';
import { isJsonObject, type JsonObject } from '../machinery/json-value.ts';
import { isConflict } from '../machinery/status-error.ts';
import { startTestApiServer, type TestApiServer } from './testing/test-api-server.ts';

// APPLY_RUNS=20000 APPLY_SEED=7 runs longer, and elsewhere.
const RUNS = Number(process.env.APPLY_RUNS ?? 150);
const SEED = Number(process.env.APPLY_SEED ?? 20_261_123);

const FIELDS = ['image', 'workingDir'] as const;
type Field = (typeof FIELDS)[number];
type Fields = Partial<Record<Field, string>>;
/** Containers by name, with some of their fields. */
type Containers = Record<string, Fields>;

/** Write is one request: an apply, or an update of everything. */
interface Write {
  readonly kind: 'apply' | 'force' | 'update';
  readonly manager: string;
  readonly containers: Containers;
}

/**
 * Model says what a pod is to be after some writes, in the simplest way: leaves by their path, and
 * for each writer the paths that it owns. The path of a container is its name.
 */
class Model {
  leaves = new Map<string, string>();
  readonly owned = new Map<string, Set<string>>();

  /** write carries out one; false: it is refused for a conflict, and nothing changes. */
  write({ kind, manager, containers }: Write): boolean {
    const wanted = leavesOf(containers);
    return kind === 'update'
      ? this.#update(`${manager} Update`, wanted)
      : this.#apply(`${manager} Apply`, wanted, kind === 'force');
  }

  #apply(writer: string, wanted: Map<string, string>, force: boolean): boolean {
    const changed = [...wanted.keys()].filter((path) => this.leaves.get(path) !== wanted.get(path));
    const others = [...this.owned].filter(([name]) => name !== writer).map(([, paths]) => paths);
    if (!force && changed.some((path) => others.some((paths) => paths.has(path)))) return false;
    const dropped = [...(this.owned.get(writer) ?? [])].filter((path) => !wanted.has(path));
    for (const path of dropped) if (!others.some((paths) => paths.has(path))) this.#remove(path);
    for (const paths of others) for (const path of changed) paths.delete(path);
    for (const [path, value] of wanted) this.leaves.set(path, value);
    this.owned.set(writer, new Set(wanted.keys()));
    return true;
  }

  #update(writer: string, wanted: Map<string, string>): boolean {
    const changed = [...wanted.keys()].filter((path) => this.leaves.get(path) !== wanted.get(path));
    const gone = [...this.leaves.keys()].filter((path) => !wanted.has(path));
    for (const paths of this.owned.values())
      for (const path of [...changed, ...gone]) paths.delete(path);
    const own = this.owned.get(writer) ?? new Set();
    this.owned.set(writer, new Set([...own, ...changed]));
    this.leaves = wanted;
    return true;
  }

  /** A container goes with all that anybody owns in it. */
  #remove(path: string): void {
    for (const one of [...this.leaves.keys()]) {
      if (one !== path && !one.startsWith(`${path}/`)) continue;
      this.leaves.delete(one);
      for (const paths of this.owned.values()) paths.delete(one);
    }
  }
}

function leavesOf(containers: Containers): Map<string, string> {
  const leaves = new Map<string, string>();
  for (const [name, fields] of Object.entries(containers)) {
    leaves.set(name, '');
    for (const [field, value] of Object.entries(fields)) leaves.set(`${name}/${field}`, value);
  }
  return leaves;
}

function podOf(containers: Containers): Pod {
  const list = Object.entries(containers).map(([name, fields]) => ({ name, ...fields }));
  // An empty list would be one value: who has no containers to apply does not name the list.
  const spec = list.length > 0 ? { containers: list } : {};
  return { ...HEAD, metadata: { name: 'a', namespace: 'ns' }, spec } as Pod;
}

const HEAD = { apiVersion: 'v1', kind: 'Pod' } as const;

function containersOf({ spec }: Pod): Containers {
  const known = ({ image, workingDir }: Container): Fields => ({
    ...(image !== undefined && { image }),
    ...(workingDir !== undefined && { workingDir }),
  });
  return Object.fromEntries((spec?.containers ?? []).map((one) => [one.name, known(one)]));
}

/** ownedIn reads from managed fields which paths each writer owns. */
function ownedIn({ metadata }: Pod): Record<string, string[]> {
  const owned: Record<string, string[]> = {};
  for (const { manager, operation, fieldsV1 } of metadata.managedFields ?? []) {
    const items = at(at(fieldsV1, 'f:spec'), 'f:containers');
    const paths = Object.entries(items)
      .filter(([element]) => element !== '.')
      .flatMap(([element, parts]) => pathsOf(JSON.parse(element.slice(2)).name, parts));
    if (paths.length > 0) owned[`${manager} ${operation}`] = paths.sort();
  }
  return owned;
}

function pathsOf(name: string, parts: unknown): string[] {
  const paths = FIELDS.filter((field) => `f:${field}` in (parts as object));
  return ['.' in (parts as object) ? [name] : [], paths.map((field) => `${name}/${field}`)].flat();
}

function at(value: unknown, key: string): JsonObject {
  const found = isJsonObject(value) ? value[key] : undefined;
  return isJsonObject(found) ? found : {};
}

/** send carries out a write on the server; false: it is refused for a conflict. */
async function send(api: TestApiServer, { kind, manager, containers }: Write): Promise<boolean> {
  const isUpdate = kind === 'update';
  const { metadata } = await api.client.get(PODS, { namespace: 'ns', name: 'a' });
  const pod = podOf(containers);
  if (isUpdate) pod.metadata = { ...metadata };
  const query = new URLSearchParams({ fieldManager: manager });
  if (kind === 'force') query.set('force', 'true');
  try {
    await api.client.transport.request({
      method: isUpdate ? 'PUT' : 'PATCH',
      path: '/api/v1/namespaces/ns/pods/a',
      query,
      headers: isUpdate ? {} : { 'content-type': 'application/apply-patch+yaml' },
      body: pod,
    });
    return true;
  } catch (error) {
    if (isConflict(error)) return false;
    throw error;
  }
}

const fields: fc.Arbitrary<Fields> = fc.record(
  { image: fc.constantFrom('1', '2'), workingDir: fc.constantFrom('x', 'y') },
  { requiredKeys: [] },
);
const containers = fc.dictionary(fc.constantFrom('a', 'b', 'c'), fields);
/** A pod is never without containers: its list would be one empty value. */
const whole = containers.map((some): Containers => ({ ...some, z: {} }));
const manager = fc.constantFrom('one', 'two', 'three');
const write: fc.Arbitrary<Write> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constantFrom('apply', 'force'), manager, containers }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('update'), manager, containers: whole }) },
);

it(`leaves after ${RUNS} rows of applies and updates what a model says, owned by whom it says`, async () => {
  const property = fc.asyncProperty(
    whole,
    fc.array(write, { minLength: 1, maxLength: 8 }),
    async (first, writes) => {
      const api = await startTestApiServer([
        { type: PODS, definition: 'io.k8s.api.core.v1.Pod', writtenAnywhere: true },
      ]);
      try {
        const model = new Model();
        await api.client.transport.request({
          method: 'POST',
          path: '/api/v1/namespaces/ns/pods',
          query: new URLSearchParams({ fieldManager: 'maker' }),
          body: podOf(first),
        });
        model.write({ kind: 'update', manager: 'maker', containers: first });
        for (const one of writes) {
          expect(await send(api, one)).toBe(model.write(one));
          const pod = await api.client.get(PODS, { namespace: 'ns', name: 'a' });
          expect(leavesOf(containersOf(pod))).toEqual(model.leaves);
          const owned = [...model.owned].filter(([, paths]) => paths.size > 0);
          expect(ownedIn(pod)).toEqual(
            Object.fromEntries(owned.map(([name, paths]) => [name, [...paths].sort()])),
          );
        }
      } finally {
        await api.close();
      }
    },
  );
  await fc.assert(property, { numRuns: RUNS, seed: SEED });
}, 600_000);

it('changes nothing when the same is applied again', async () => {
  const property = fc.asyncProperty(
    whole,
    fc.array(write, { maxLength: 4 }),
    write,
    async (first, writes, last) => {
      const api = await startTestApiServer([
        { type: PODS, definition: 'io.k8s.api.core.v1.Pod', writtenAnywhere: true },
      ]);
      try {
        await api.client.create(PODS, podOf(first));
        for (const one of writes) await send(api, one);
        await send(api, { ...last, kind: 'force' });
        const before = await api.client.get(PODS, { namespace: 'ns', name: 'a' });
        expect(await send(api, { ...last, kind: 'apply' })).toBe(true);
        expect(await api.client.get(PODS, { namespace: 'ns', name: 'a' })).toEqual(before);
      } finally {
        await api.close();
      }
    },
  );
  await fc.assert(property, { numRuns: RUNS, seed: SEED });
}, 600_000);
