import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ConfigMap, ReplicationController } from '../../apis/core/v1/types.ts';
import { CONFIG_MAPS, REPLICATION_CONTROLLERS } from '../../apis/resource-types.ts';
import type { KubeObject, ResourceType } from '../../machinery/object.ts';
import { newNotFound } from '../../machinery/status-error.ts';
import type { AdmissionRequest } from '../contracts.ts';
import type { ResourceDefinition } from '../resource-definition.ts';
import { startTestApiServer, type TestApiServer } from '../testing/test-api-server.ts';

interface Scale extends KubeObject {
  spec?: { replicas?: number };
  status: { replicas: number; selector?: string };
}

const connect = async () => ({ kind: 'object', object: {} }) as const;

const controllers: ResourceDefinition<ReplicationController> = {
  type: REPLICATION_CONTROLLERS,
  definition: 'io.k8s.api.core.v1.ReplicationController',
  strategy: {
    hasStatus: true,
    hasGeneration: true,
    prepareForCreate(draft) {
      draft.status = { replicas: 1 };
    },
  },
  subresources: {
    status: { kind: 'status' },
    log: { kind: 'connect', methods: ['GET'], outputKind: 'Pod', connect },
    exec: { kind: 'connect', methods: ['GET'], outputKind: 'PodExecOptions', connect },
    scale: {
      kind: 'scale',
      specReplicasPath: '.spec.replicas',
      statusReplicasPath: '.status.replicas',
      selector: ({ spec }) => `app=${spec?.selector?.app}`,
    },
  },
};

const GREETINGS: ResourceType<ConfigMap> = { ...CONFIG_MAPS, resource: 'greetings' };

/** A computed resource: it is never stored, and only one name exists. */
const greetings: ResourceDefinition<ConfigMap> = {
  type: GREETINGS,
  definition: 'io.k8s.api.core.v1.ConfigMap',
  storage: {
    async get(name) {
      if (name !== 'hello') throw newNotFound(GREETINGS, name);
      return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, resourceVersion: '7' } };
    },
    update: async (_name, change) => {
      const metadata = { name: 'hello', namespace: 'ns', resourceVersion: '7' };
      return change({ apiVersion: 'v1', kind: 'ConfigMap', metadata });
    },
  },
  subresources: {
    shout: {
      kind: 'create',
      input: {
        group: '',
        version: 'v1',
        kind: 'ConfigMap',
        definition: 'io.k8s.api.core.v1.ConfigMap',
      },
      async create(name, input) {
        return { ...input, metadata: { ...input.metadata, name: name.toUpperCase() } };
      },
    },
  },
};

const ref = { namespace: 'ns', name: 'web' };
let api: TestApiServer;
let admitted: string[];

beforeEach(async () => {
  admitted = [];
  const admission = {
    mutate({ operation, type, subresource, object }: AdmissionRequest) {
      admitted.push([operation, type.resource, subresource].filter((one) => one).join(' '));
      if (operation === 'CREATE' && object) object.metadata.labels = { admitted: 'yes' };
    },
  };
  api = await startTestApiServer([controllers, greetings], { admission: [admission] });
  await api.client.create(REPLICATION_CONTROLLERS, {
    apiVersion: 'v1',
    kind: 'ReplicationController',
    metadata: { name: 'web', namespace: 'ns' },
    spec: { replicas: 1, selector: { app: 'web' } },
  });
});

afterEach(() => api.close());

describe('admission', () => {
  it('changes what is stored', async () => {
    const made = await api.client.get(REPLICATION_CONTROLLERS, ref);
    expect(made.metadata.labels).toEqual({ admitted: 'yes' });
    expect(admitted).toEqual(['CREATE replicationcontrollers']);
  });

  it('sees who connects, but not who reads a log', async () => {
    admitted = [];
    for (const subresource of ['log', 'exec']) {
      const path = `/api/v1/namespaces/ns/replicationcontrollers/web/${subresource}`;
      await api.client.transport.request({ method: 'GET', path });
    }
    expect(admitted).toEqual(['CONNECT replicationcontrollers exec']);
  });
});

describe('scale', () => {
  const get = () =>
    api.client.get(REPLICATION_CONTROLLERS as ResourceType as ResourceType<Scale>, ref, 'scale');

  it('shows replicas and selector', async () => {
    expect(await get()).toMatchObject({
      kind: 'Scale',
      apiVersion: 'autoscaling/v1',
      metadata: { name: 'web' },
      spec: { replicas: 1 },
      status: { replicas: 1, selector: 'app=web' },
    });
  });

  it('changes the replicas by PUT and by patch', async () => {
    const scale = await get();
    const type = REPLICATION_CONTROLLERS as ResourceType as ResourceType<Scale>;
    const put = { ...scale, spec: { replicas: 3 } };
    await api.client.update(type, put, { subresource: 'scale' });
    const body = { spec: { replicas: 4 } };
    const patch = { type: 'application/merge-patch+json', body } as const;
    await api.client.patch(type, ref, patch, { subresource: 'scale' });
    const scaled = await api.client.get(REPLICATION_CONTROLLERS, ref);
    expect(scaled.spec?.replicas).toBe(4);
    expect(scaled.metadata.generation).toBe(3);
    await expect(api.client.update(type, put, { subresource: 'scale' })).rejects.toThrow(
      'the object has been modified',
    );
  });

  it('is not written over an object of another uid', async () => {
    const scale = await get();
    const type = REPLICATION_CONTROLLERS as ResourceType as ResourceType<Scale>;
    const metadata = { name: 'web', namespace: 'ns', uid: 'other' };
    await expect(
      api.client.update(type, { ...scale, metadata }, { subresource: 'scale' }),
    ).rejects.toThrow(
      'Operation cannot be fulfilled on replicationcontrollers "web": StorageError: invalid object, Code: 4,',
    );
    const patch = { type: 'application/merge-patch+json', body: { metadata } } as const;
    await expect(api.client.patch(type, ref, patch, { subresource: 'scale' })).rejects.toThrow(
      'Operation cannot be fulfilled on replicationcontrollers/scale "web": Precondition failed: UID in precondition: other',
    );
  });

  it('refuses negative replicas', async () => {
    const type = REPLICATION_CONTROLLERS as ResourceType as ResourceType<Scale>;
    const put = { ...(await get()), spec: { replicas: -1 } };
    await expect(api.client.update(type, put, { subresource: 'scale' })).rejects.toThrow(
      'Scale.autoscaling "web" is invalid: spec.replicas: Invalid value: -1: must be greater than or equal to 0',
    );
  });
});

describe('status', () => {
  it('changes the status and nothing else, and counts no generation', async () => {
    const old = await api.client.get(REPLICATION_CONTROLLERS, ref);
    const changed = await api.client.updateStatus(REPLICATION_CONTROLLERS, {
      ...old,
      spec: { replicas: 9 },
      status: { replicas: 2 },
    });
    expect(changed.status).toEqual({ replicas: 2 });
    expect(changed.spec?.replicas).toBe(1);
    expect(changed.metadata.generation).toBe(1);
  });
});

describe('a bug in a definition', () => {
  it('is a 500 Status with a loud log, for callers in this process too', async () => {
    const errors: string[] = [];
    const log = {
      info: () => undefined,
      warn: () => undefined,
      error: (_fields: object, message: string) => void errors.push(message),
    };
    const broken: ResourceDefinition = {
      type: GREETINGS,
      definition: 'io.k8s.api.core.v1.ConfigMap',
      storage: {
        get: () => Promise.reject(new TypeError('undefined is not an object')),
      },
    };
    const other = await startTestApiServer([broken], { log });
    const failed = other.client.get(GREETINGS, { namespace: 'ns', name: 'hello' });
    await expect(failed).rejects.toMatchObject({
      status: { code: 500, message: 'Internal error occurred: undefined is not an object' },
    });
    expect(errors).toEqual(['a request failed inside']);
    await other.close();
  });
});

describe('a computed resource', () => {
  it('is served by its storage', async () => {
    const hello = await api.client.get(GREETINGS, { namespace: 'ns', name: 'hello' });
    expect(hello.metadata.resourceVersion).toBe('7');
  });

  it('is patched through its storage, which checks versions', async () => {
    const type = 'application/merge-patch+json';
    const hello = { namespace: 'ns', name: 'hello' };
    const patched = await api.client.patch(GREETINGS, hello, { type, body: { data: { a: 'b' } } });
    expect(patched.data).toEqual({ a: 'b' });
    const body = { metadata: { resourceVersion: '6' } };
    await expect(api.client.patch(GREETINGS, hello, { type, body })).rejects.toThrow(
      'the object has been modified',
    );
  });

  it('answers 405 to a verb that it does not have', async () => {
    await expect(api.client.list(GREETINGS, { namespace: 'ns' })).rejects.toThrow(
      'the server does not allow this method on the requested resource',
    );
  });

  it('takes one kind and answers another at a create subresource', async () => {
    const hello = { namespace: 'ns', name: 'hello' };
    const answer = await api.client.post(GREETINGS, hello, 'shout', { metadata: {} });
    expect(answer.metadata.name).toBe('HELLO');
    expect(admitted).toContain('CREATE greetings shout');
  });
});
