import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CONFIG_MAPS } from '../apis/resource-types.ts';
import type { KubeObject } from '../machinery/object.ts';
import { startTestApiServer, type TestApiServer } from './testing/test-api-server.ts';

const COLLECTION = '/api/v1/namespaces/ns/configmaps';

let api: TestApiServer;
/** The resourceVersions after each step: a comes, b comes, a goes, c comes. */
let steps: string[];

beforeEach(async () => {
  const definition = 'io.k8s.api.core.v1.ConfigMap';
  api = await startTestApiServer([{ type: CONFIG_MAPS, definition }], { bookmarkEveryMs: 20 });
  steps = [];
  const note = async () => steps.push(String(await api.store.currentRevision()));
  for (const name of ['a', 'b']) {
    await create(name);
    await note();
  }
  await api.client.delete(CONFIG_MAPS, { namespace: 'ns', name: 'a' });
  await note();
  await create('c');
  await note();
});
afterEach(() => api.close());

const create = (name: string) =>
  api.client.create(CONFIG_MAPS, {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name, namespace: 'ns' },
  });

/** queryOf puts resourceVersions in place of `@1` to `@4`; `@5` is the one that comes next. */
function queryOf(text: string): URLSearchParams {
  const next = String(Number(steps.at(-1)) + 1);
  return new URLSearchParams(text.replace(/@(\d)/g, (_, n) => steps[Number(n) - 1] ?? next));
}

interface Listed {
  readonly items: readonly KubeObject[];
  readonly metadata: { readonly resourceVersion: string; readonly continue?: string };
}

async function list(text: string): Promise<Listed> {
  const request = { method: 'GET', path: COLLECTION, query: queryOf(text) } as const;
  const { body } = await api.client.transport.request(request);
  if (body.kind !== 'object') throw new Error('not an object');
  return body.object as unknown as Listed;
}

const names = ({ items }: Listed) => items.map((one) => one.metadata.name).join('');

describe('a list', () => {
  it.each([
    ['', 'bc', 4],
    ['resourceVersion=0', 'bc', 4],
    ['resourceVersion=@2', 'bc', 4],
    ['resourceVersion=@2&resourceVersionMatch=NotOlderThan', 'bc', 4],
    ['resourceVersion=@2&resourceVersionMatch=NotOlderThan&limit=9', 'bc', 4],
    ['resourceVersion=@1&resourceVersionMatch=Exact', 'a', 1],
    ['resourceVersion=@2&resourceVersionMatch=Exact', 'ab', 2],
    ['resourceVersion=@3&resourceVersionMatch=Exact', 'b', 3],
    ['resourceVersion=@4&resourceVersionMatch=Exact', 'bc', 4],
    ['resourceVersion=@2&limit=9', 'ab', 2],
  ])('with "%s" answers %s of step %i', async (query, expected, step) => {
    const found = await list(query);
    expect(names(found)).toBe(expected);
    expect(found.metadata.resourceVersion).toBe(steps[step - 1]);
  });

  it('of a version in pages stays with that version', async () => {
    const first = await list('resourceVersion=@2&limit=1');
    expect(names(first)).toBe('a');
    await create('aa');
    const token = encodeURIComponent(first.metadata.continue ?? '');
    const second = await list(`limit=1&continue=${token}`);
    expect(names(second)).toBe('b');
    expect(second.metadata.resourceVersion).toBe(steps[1]);
  });

  it.each([
    ['resourceVersion=x', 400, 'strconv.ParseUint: parsing "x": invalid syntax'],
    ['resourceVersionMatch=Exact', 422, 'forbidden unless resourceVersion is provided'],
    ['resourceVersion=0&resourceVersionMatch=Exact', 422, 'forbidden for resourceVersion "0"'],
    ['resourceVersion=1&resourceVersionMatch=Newest', 422, 'Unsupported value: "Newest"'],
    ['sendInitialEvents=true', 422, 'sendInitialEvents is forbidden for list'],
    ['resourceVersion=@5&resourceVersionMatch=Exact', 504, 'Too large resource version'],
  ])('with "%s" is refused with %i', async (query, code, message) => {
    await expect(list(query)).rejects.toMatchObject({
      code,
      message: expect.stringContaining(message),
    });
  });

  it.each(['resourceVersion=@5', 'resourceVersion=@5&resourceVersionMatch=NotOlderThan'])(
    'with "%s" waits for what is not there yet',
    async (query) => {
      const waiting = list(query);
      await new Promise((resolve) => setTimeout(resolve, 50));
      await create('d');
      expect(names(await waiting)).toBe('bcd');
    },
  );

  it('is refused when the version is compacted', async () => {
    await api.store.compact(Number(steps[3]));
    await expect(list('resourceVersion=@2&resourceVersionMatch=Exact')).rejects.toMatchObject({
      code: 410,
      message: 'The resourceVersion for the provided list is too old.',
    });
    expect(names(await list('resourceVersion=@2'))).toBe('bc');
  });
});

describe('a get', () => {
  it.each(['', '0', '@1', '@4'])(
    'of version "%s" or later answers the present',
    async (version) => {
      const query = queryOf(version === '' ? '' : `resourceVersion=${version}`);
      const { body } = await api.client.transport.request({
        method: 'GET',
        path: `${COLLECTION}/b`,
        query,
      });
      expect(body).toMatchObject({ object: { metadata: { resourceVersion: steps[1] } } });
    },
  );
});

/** watch answers the first events of a watch, up to the one of the object `last`. */
async function watch(text: string): Promise<{ until(last: string): Promise<string[]> }> {
  const abort = new AbortController();
  const query = queryOf(`watch=1&${text}`);
  const { signal } = abort;
  const request = { method: 'GET', path: COLLECTION, query, signal } as const;
  const { body } = await api.client.transport.request(request);
  if (body.kind !== 'watch') throw new Error('not a watch');
  const { events } = body;
  return {
    async until(last) {
      const seen: string[] = [];
      for await (const { type, object } of events) {
        const { name, resourceVersion, annotations } = (object as KubeObject).metadata;
        const end = annotations?.['k8s.io/initial-events-end'] ? ' end' : '';
        const at = steps.indexOf(resourceVersion ?? '') + 1;
        seen.push(type === 'BOOKMARK' ? `${type} ${at}${end}` : `${type} ${name}`);
        if (name === last || (last === '' && type === 'BOOKMARK')) break;
      }
      abort.abort();
      return seen;
    },
  };
}

describe('a watch', () => {
  const MATCH = 'resourceVersionMatch=NotOlderThan';
  const NOW = ['ADDED b', 'ADDED c'];

  it.each([
    ['', NOW],
    ['resourceVersion=0', NOW],
    ['resourceVersion=@1', ['ADDED b', 'DELETED a', 'ADDED c']],
    ['resourceVersion=@2', ['DELETED a', 'ADDED c']],
    ['resourceVersion=@4', []],
    [`sendInitialEvents=true&${MATCH}`, NOW],
    [`sendInitialEvents=true&${MATCH}&resourceVersion=@1`, NOW],
    [`sendInitialEvents=false&${MATCH}`, []],
    [`sendInitialEvents=false&${MATCH}&resourceVersion=@2`, ['DELETED a', 'ADDED c']],
  ])('with "%s" begins with %j and has no bookmarks', async (query, expected) => {
    const watching = await watch(query);
    const marked = await watch('resourceVersion=@4&allowWatchBookmarks=true');
    expect(await marked.until('')).toEqual(['BOOKMARK 4']);
    await create('d');
    expect(await watching.until('d')).toEqual([...expected, 'ADDED d']);
  });

  it('marks the end of what there was for who asks for it', async () => {
    const query = `sendInitialEvents=true&${MATCH}&allowWatchBookmarks=true`;
    expect(await (await watch(query)).until('')).toEqual([...NOW, 'BOOKMARK 4 end']);
  });

  it.each([
    ['sendInitialEvents=true', 'sendInitialEvents requires setting resourceVersionMatch'],
    ['resourceVersion=1&resourceVersionMatch=Exact', 'is forbidden for watch unless'],
  ])('with "%s" is refused', async (query, message) => {
    await expect(watch(query)).rejects.toMatchObject({
      code: 422,
      message: expect.stringContaining(message),
    });
  });
});
