import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type {
  Device,
  DeviceRequest,
  ResourceClaim,
} from '../../../apis/resource.k8s.io/v1/types.ts';
import {
  DEVICE_CLASSES,
  NAMESPACES,
  RESOURCE_CLAIM_TEMPLATES,
  RESOURCE_CLAIMS,
  RESOURCE_SLICES,
} from '../../../apis/resource-types.ts';
import { isStatusError } from '../../../machinery/status-error.ts';
import { type KubeServer, startKubeServer } from '../testing/kube-server.ts';

let server: KubeServer;
beforeAll(async () => {
  server = await startKubeServer();
});
afterAll(() => server.close());

const apiVersion = 'resource.k8s.io/v1';

async function problemOf(made: Promise<unknown>): Promise<string> {
  const error: unknown = await made.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!isStatusError(error)) throw new Error(`not refused: ${String(error)}`, { cause: error });
  return error.message;
}

const merge = (body: object) => ({ type: 'application/merge-patch+json', body }) as const;

const newClass = (name: string, expression: string) =>
  server.client.create(DEVICE_CLASSES, {
    apiVersion,
    kind: 'DeviceClass',
    metadata: { name },
    spec: { selectors: [{ cel: { expression } }], extendedResourceName: 'example.com/gpu' },
  });

const claimOf = (name: string, requests: DeviceRequest[]): ResourceClaim => ({
  apiVersion,
  kind: 'ResourceClaim',
  metadata: { name, namespace: 'default' },
  spec: { devices: { requests } },
});

const newSlice = (name: string, devices: Device[], place: object = { allNodes: true }) =>
  server.client.create(RESOURCE_SLICES, {
    apiVersion,
    kind: 'ResourceSlice',
    metadata: { name },
    spec: {
      driver: 'driver.example.com',
      pool: { name: 'pool', resourceSliceCount: 1, generation: 0 },
      devices,
      ...place,
    },
  });

describe('device classes', () => {
  it.each([
    "device.driver == 'driver.example.com'",
    "device.attributes['d'].text.matches('^a+$')",
    "cel.bind(a, device.attributes['x'], a.b && a.c)",
    "device.capacity['d'].memory.isGreaterThan(quantity('1Gi'))",
  ])('select by %s', async (expression) => {
    const made = await newClass(`good-${expression.length}`, expression);
    expect(made.metadata.generation).toBe(1);
    expect(made.spec.extendedResourceName).toBeUndefined();
  });

  it.each([
    ['', "compilation failed: ERROR: <input>:1:0: Syntax error: mismatched input '<EOF>'"],
    ['device.driver', 'must evaluate to bool or the unknown type, not string'],
    ['device.foo == 1', "compilation failed: ERROR: <input>:1:7: undefined field 'foo'"],
    [
      `${"device.attributes['x'].all(a, ".repeat(4)}a == 'b'${')'.repeat(4)}`,
      'Forbidden: too complex, exceeds cost limit',
    ],
  ])('do not select by %s', async (expression, problem) => {
    expect(await problemOf(newClass('bad', expression))).toContain(problem);
  });
});

describe('resource claims', () => {
  it('ask for one device, unless they say otherwise', async () => {
    const made = await server.client.create(
      RESOURCE_CLAIMS,
      claimOf('defaults', [
        { name: 'one', exactly: { deviceClassName: 'c', tolerations: [{ key: 'k' }] } },
        { name: 'all', exactly: { deviceClassName: 'c', allocationMode: 'All' } },
      ]),
    );
    expect(made.spec.devices?.requests).toMatchObject([
      { exactly: { allocationMode: 'ExactCount', count: 1, tolerations: [{ operator: 'Equal' }] } },
      { exactly: { allocationMode: 'All' } },
    ]);
  });

  it.each<[string, DeviceRequest, string]>([
    ['nothing', { name: 'r' }, 'exactly one of `exactly` or `firstAvailable` is required'],
    [
      'no class',
      { name: 'r', exactly: { deviceClassName: '' } },
      'spec.devices.requests[0].exactly.deviceClassName: Required value',
    ],
    [
      'all and two',
      { name: 'r', exactly: { deviceClassName: 'c', allocationMode: 'All', count: 2 } },
      "Invalid value: 2: must not be specified when allocationMode is 'All'",
    ],
    [
      'the devices of others',
      { name: 'r', exactly: { deviceClassName: 'c', adminAccess: true } },
      'spec.devices.requests[0].adminAccess: Forbidden: admin access to devices requires the `resource.kubernetes.io/admin-access: true` label on the containing namespace',
    ],
  ])('may not ask for %s', async (_, request, problem) => {
    const made = server.client.create(RESOURCE_CLAIMS, claimOf('bad', [request]));
    expect(await problemOf(made)).toContain(problem);
  });

  it('may not ask for the devices of others by a template', async () => {
    const request = { name: 'r', exactly: { deviceClassName: 'c', adminAccess: true } };
    const { spec } = claimOf('bad', [request]);
    const made = server.client.create(RESOURCE_CLAIM_TEMPLATES, {
      apiVersion: 'resource.k8s.io/v1',
      kind: 'ResourceClaimTemplate',
      metadata: { namespace: 'default', name: 'bad' },
      spec: { spec },
    });
    expect(await problemOf(made)).toContain(
      'spec.devices.requests[0].adminAccess: Forbidden: admin access to devices requires',
    );
  });

  it('may ask for the devices of others in a namespace for that', async () => {
    const place = { name: 'default' };
    const labels = { 'resource.kubernetes.io/admin-access': 'true' };
    await server.client.patch(NAMESPACES, place, merge({ metadata: { labels } }));
    const request = { name: 'r', exactly: { deviceClassName: 'c', adminAccess: true } };
    const made = await server.client.create(RESOURCE_CLAIMS, claimOf('admin', [request]));
    expect(made.spec.devices?.requests?.[0]?.exactly?.adminAccess).toBe(true);
  });

  it('keep their spec, and forget the status of devices that they no longer have', async () => {
    const request = { name: 'r', exactly: { deviceClassName: 'c' } };
    const claim = await server.client.create(RESOURCE_CLAIMS, claimOf('given', [request]));
    const place = { namespace: 'default', name: 'given' };
    const changed = { spec: { devices: { requests: [{ ...request, name: 'other' }] } } };
    expect(await problemOf(server.client.patch(RESOURCE_CLAIMS, place, merge(changed)))).toContain(
      'spec: Invalid value: {"Devices":{"Requests":[{"Name":"other","Exactly":{"DeviceClassName":"c","Selectors":null,',
    );
    const device = { driver: 'driver.example.com', pool: 'pool', device: 'one' };
    const given = await server.client.updateStatus(RESOURCE_CLAIMS, {
      ...claim,
      status: {
        allocation: { devices: { results: [{ request: 'r', ...device }] } },
        devices: [device],
        reservedFor: [{ resource: 'pods', name: 'p', uid: 'u' }],
      },
    });
    expect(given.status?.devices).toMatchObject([device]);
    const released = await server.client.updateStatus(RESOURCE_CLAIMS, {
      ...given,
      status: { devices: [device] },
    });
    expect(released.status).toEqual({});
  });

  it('have templates that may be sent again as they were', async () => {
    const devices = { requests: [{ name: 'r', exactly: { deviceClassName: 'c' } }] };
    const template = {
      apiVersion: 'resource.k8s.io/v1',
      kind: 'ResourceClaimTemplate',
      metadata: { name: 'again', namespace: 'default' },
      spec: { spec: { devices } },
    };
    await server.client.create(RESOURCE_CLAIM_TEMPLATES, template as never);
    const again = await server.client.update(RESOURCE_CLAIM_TEMPLATES, template as never);
    expect(again.spec).toMatchObject({ metadata: {}, spec: { devices } });
  });
});

describe('resource slices', () => {
  it('offer devices without what belongs to features that are off', async () => {
    const made = await newSlice('good', [
      {
        name: 'one',
        attributes: { 'x.example.com/a': { int: 1 }, b: { version: '1.2.3' } },
        capacity: { memory: { value: '1024Mi' } },
        taints: [{ key: 'a', effect: 'NoSchedule' }],
        allNodes: true,
      },
    ]);
    expect(made.spec.devices?.[0]).toEqual({
      name: 'one',
      attributes: { b: { version: '1.2.3' }, 'x.example.com/a': { int: 1 } },
      capacity: { memory: { value: '1Gi' } },
    });
    const fieldSelector = 'spec.driver=driver.example.com';
    const found = await server.client.list(RESOURCE_SLICES, { fieldSelector });
    expect(found.items.map(({ metadata }) => metadata.name)).toContain('good');
  });

  it.each<[string, Device[], object, string]>([
    [
      'nowhere',
      [],
      {},
      'spec: Required value: exactly one of `nodeName`, `nodeSelector`, `allNodes`, `perDeviceNodeSelection` is required',
    ],
    [
      'in two places',
      [],
      { allNodes: true, nodeName: 'n' },
      'spec: Invalid value: "{`nodeName`, `allNodes`}": exactly one of',
    ],
    [
      'twice',
      [{ name: 'a' }, { name: 'a' }],
      { allNodes: true },
      'spec.devices[1].name: Duplicate value: "a"',
    ],
    [
      'with odd names of attributes',
      [{ name: 'a', attributes: { 'a-b': { int: 1 } } }],
      { allNodes: true },
      'spec.devices[0].attributes[a-b]: Invalid value: "a-b": a valid C identifier must',
    ],
    [
      'with two values of one attribute',
      [{ name: 'a', attributes: { b: { int: 1, bool: true } } }],
      { allNodes: true },
      'Invalid value: {"IntValue":1,"BoolValue":true,"StringValue":null,"VersionValue":null}: exactly one value must be specified',
    ],
  ])('do not offer devices %s', async (_, devices, place, problem) => {
    expect(await problemOf(newSlice('bad', devices, place))).toContain(problem);
  });
});
