import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CONFIG_MAPS } from '../../apis/resource-types.ts';
import type { KubeObject, ResourceType } from '../../machinery/object.ts';
import { sendTo } from '../testing/send-to.ts';
import { startTestApiServer, type TestApiServer } from '../testing/test-api-server.ts';
import { listenForTest, type TestListener } from '../testing/test-listener.ts';

const AT = '/api/v1/namespaces/ns/configmaps';

/** A question, which nobody can read. */
const QUESTIONS: ResourceType = { ...CONFIG_MAPS, resource: 'questions' };

let api: TestApiServer;
let open: TestListener;
beforeAll(async () => {
  const definition = 'io.k8s.api.core.v1.ConfigMap';
  const questions = {
    type: QUESTIONS,
    definition,
    storage: { create: async (one: KubeObject) => one },
  };
  api = await startTestApiServer([{ type: CONFIG_MAPS, definition }, questions]);
  open = await listenForTest(api.server);
  for (const name of ['c', 'd']) {
    const metadata = { name, namespace: 'ns' };
    await api.client.create(CONFIG_MAPS, { apiVersion: 'v1', kind: 'ConfigMap', metadata });
  }
});
afterAll(() => api.close());

async function ask(path: string, as: string, method = 'GET') {
  const accept = `application/json;as=${as};g=meta.k8s.io;v=v1`;
  const { status, text } = await sendTo(open, AT + path, { method, headers: { accept } });
  return { status, answer: JSON.parse(text) };
}

describe('an answer in the form that was asked for', () => {
  it.each([
    [
      '/c',
      'PartialObjectMetadataList',
      406,
      'you requested PartialObjectMetadataList, but the requested object is not a list (*core.ConfigMap)',
    ],
    [
      '',
      'PartialObjectMetadata',
      406,
      'you requested PartialObjectMetadata, but the requested object is a list (*core.ConfigMapList)',
    ],
    [
      '/c?includeObject=x',
      'Table',
      400,
      "Unable to convert to Table as requested: includeObject: Invalid value: \"x\": must be 'Metadata', 'Object', 'None', or empty",
    ],
    ['/none', 'Table', 404, 'configmaps "none" not found'],
    ['/none', 'PartialObjectMetadata', 404, 'configmaps "none" not found'],
  ])('is refused: %s as %s', async (path, as, code, message) => {
    const { status, answer } = await ask(path, as);
    expect(status).toBe(code);
    expect(answer).toMatchObject({ kind: 'Status', code, message });
  });

  it('is refused as a Table of what nobody can read', async () => {
    const headers = {
      accept: 'application/json;as=Table;g=meta.k8s.io;v=v1',
      'content-type': 'application/json',
    };
    const body = JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'q' } });
    const at = '/api/v1/namespaces/ns/questions';
    const { status, text } = await sendTo(open, at, { method: 'POST', headers }, body);
    expect(status).toBe(406);
    expect(JSON.parse(text)).toMatchObject({ kind: 'Status', reason: 'NotAcceptable' });
  });

  it('is the metadata of an object, or of each in a list', async () => {
    const { answer } = await ask('/c', 'PartialObjectMetadata');
    expect(Object.keys(answer)).toEqual(['kind', 'apiVersion', 'metadata']);
    expect(answer).toMatchObject({ kind: 'PartialObjectMetadata', metadata: { name: 'c' } });
    const { answer: list } = await ask('', 'PartialObjectMetadataList');
    expect(list.kind).toBe('PartialObjectMetadataList');
    expect(list.items.map((one: { kind: string }) => one.kind)).toEqual(
      Array(2).fill('PartialObjectMetadata'),
    );
  });

  it.each([
    ['', 'PartialObjectMetadata'],
    ['Metadata', 'PartialObjectMetadata'],
    ['Object', 'ConfigMap'],
    ['None', undefined],
  ])('is a Table with what of its objects is asked for: %j', async (included, kind) => {
    for (const [path, rows] of [
      ['/c', 1],
      ['', 2],
    ] as const) {
      const { answer } = await ask(`${path}?includeObject=${included}`, 'Table');
      expect(answer.rows).toHaveLength(rows);
      expect(answer.rows[0].cells[0]).toBe('c');
      expect(answer.rows[0].object?.kind).toBe(kind);
    }
  });

  it('sends the columns of a watched Table once', async () => {
    const accept = 'application/json;as=Table;g=meta.k8s.io;v=v1';
    const { text } = await sendTo(open, `${AT}?watch=1&timeoutSeconds=1`, { headers: { accept } });
    const tables = text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line).object);
    expect(tables.map((one) => one.columnDefinitions?.length)).toEqual([2, undefined]);
  });

  it('is the Status of a delete, whatever was asked for', async () => {
    const { status, answer } = await ask('/d', 'Table', 'DELETE');
    expect(status).toBe(200);
    expect(answer).toMatchObject({ kind: 'Status', status: 'Success', details: { name: 'd' } });
  });
});
