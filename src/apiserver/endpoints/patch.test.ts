import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DEPLOYMENTS } from '../../apis/resource-types.ts';
import type { PatchType } from '../../client/client.ts';
import type { KubeObject } from '../../machinery/object.ts';
import { startTestApiServer, type TestApiServer } from '../testing/test-api-server.ts';

const ref = { namespace: 'ns', name: 'web' };
let api: TestApiServer;

beforeEach(async () => {
  api = await startTestApiServer([
    { type: DEPLOYMENTS, definition: 'io.k8s.api.apps.v1.Deployment' },
  ]);
  await api.client.create(DEPLOYMENTS, {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { ...ref, annotations: { a: '<b>' } },
    spec: { selector: {}, template: { spec: { containers: [{ name: 'c', image: 'c' }] } } },
  });
});

afterEach(() => api.close());

const patch = (kind: string, body: object) =>
  api.client.patch(DEPLOYMENTS, ref, { type: `application/${kind}+json` as PatchType, body });

describe('a patch that makes something else than the kind', () => {
  it('is refused in the words of the converter where it is strategic', async () => {
    await expect(patch('strategic-merge-patch', { spec: { replicas: 'x' } })).rejects.toThrow(
      ' "" is invalid: patch: Invalid value: "map[spec:map[replicas:x]]": unrecognized type: int32',
    );
  });

  it('shows the whole with sorted keys where the patch led', async () => {
    const body = { metadata: { annotations: null }, spec: { replicas: 'x', minReadySeconds: 1 } };
    const text = await patch('merge-patch', body).then(String, String);
    const shown = text.replaceAll('\\"', '"');
    expect(shown).toContain(
      'Invalid value: "{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"creationTimestamp":',
    );
    expect(shown).toContain(
      '"spec":{"minReadySeconds":1,"replicas":"x","selector":{},"strategy":{},"template":{"metadata":{},"spec":{"containers":[{"name":"c","image":"c","resources":{}}]}}}',
    );
    expect(shown).toContain(
      'cannot unmarshal string into Go struct field DeploymentSpec.spec.replicas of type int32',
    );
  });

  it('shows the rest as it is stored', async () => {
    const operation = { op: 'replace', path: '/spec/replicas', value: 'x' };
    const text = await patch('json-patch', [operation]).then(String, String);
    const shown = text.replaceAll('\\"', '"').replaceAll('\\\\', '\\');
    expect(shown).toMatch(
      /"metadata":\{"name":"web","namespace":"ns","uid":"[^"]*","resourceVersion":"\d+"/,
    );
    expect(shown).toContain('"annotations":{"a":"\\u003cb\\u003e"}');
  });
});

describe('a patch', () => {
  it.each<[string, object]>([
    ['json: cannot unmarshal number into Go struct field jsonPatchOp.op of type string', { op: 1 }],
    ['json: cannot unmarshal number into Go struct field jsonPatchOp.path', { op: 'add', path: 1 }],
    ['the server rejected our request', { op: 'add', path: 'metadata', value: 1 }],
  ])('is refused: %s', async (text, operation) => {
    await expect(patch('json-patch', [operation])).rejects.toThrow(text);
  });

  it('may call the kind as it likes where it is strategic', async () => {
    const patched = await patch('strategic-merge-patch', { kind: 'Pod', apiVersion: 'v1' });
    expect(patched.kind).toBe('Deployment');
  });

  it('cannot mark an object as deleted', async () => {
    const metadata = { deletionTimestamp: '2020-01-01T00:00:00Z' };
    await expect(patch('merge-patch', { metadata })).rejects.toThrow(
      'metadata.deletionTimestamp: Invalid value: "2020-01-01T00:00:00Z": field is immutable',
    );
  });

  it('has no say in who owns fields with entries that cannot be read', async () => {
    const before: KubeObject = await api.client.get(DEPLOYMENTS, ref);
    const patched = await patch('merge-patch', { metadata: { managedFields: [{ manager: 'x' }] } });
    expect(patched.metadata.managedFields).toEqual(before.metadata.managedFields);
  });
});
