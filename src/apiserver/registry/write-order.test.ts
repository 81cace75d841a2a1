import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ReplicaSet } from '../../apis/apps/v1/types.ts';
import { REPLICA_SETS } from '../../apis/resource-types.ts';
import type { KubeObject } from '../../machinery/object.ts';
import type { Admission } from '../contracts.ts';
import type { RequestContext, ResourceDefinition } from '../resource-definition.ts';
import { startTestApiServer, type TestApiServer } from '../testing/test-api-server.ts';

let steps: string[];
/** What mutating admission saw last, and what it does. */
let seen: ReplicaSet;
let change: (draft: ReplicaSet) => void;
let warnings: string[];

const step = (name: string) => {
  steps.push(name);
  return [];
};

const replicaSets: ResourceDefinition<ReplicaSet> = {
  type: REPLICA_SETS,
  definition: 'io.k8s.api.apps.v1.ReplicaSet',
  strategy: {
    hasStatus: true,
    hasGeneration: true,
    defaults: () => void step('defaults'),
    prepareForCreate(draft) {
      step('prepare');
      draft.status = { replicas: 0 };
      delete draft.spec?.minReadySeconds;
    },
    prepareForUpdate(draft) {
      step('prepare');
      delete draft.spec?.minReadySeconds;
    },
    prepareForStatusUpdate: () => void step('prepare'),
    validate: () => step('validate'),
    validateUpdate: () => step('validate update'),
    validateStatusUpdate: () => step('validate update'),
    warnings: () => step('warnings'),
  },
  subresources: { status: { kind: 'status' } },
};

const plugin: Admission = {
  mutate({ object, context }) {
    step('mutating admission');
    seen = structuredClone(object) as ReplicaSet;
    (context as { warn: RequestContext['warn'] }).warn = (text) => void warnings.push(text);
    change(object as ReplicaSet);
  },
  validate: () => void step('validating admission'),
};

let api: TestApiServer;

beforeEach(async () => {
  steps = [];
  warnings = [];
  change = () => undefined;
  api = await startTestApiServer([replicaSets as unknown as ResourceDefinition], {
    admission: [plugin],
  });
});

afterEach(() => api.close());

const REF = { namespace: 'ns', name: 'a' };

function replicaSet(more: Partial<ReplicaSet> = {}, metadata: object = {}): ReplicaSet {
  return {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: { ...REF, ...metadata },
    spec: { selector: {}, minReadySeconds: 7 },
    ...more,
  };
}

const create = (object = replicaSet()) => api.client.create(REPLICA_SETS, object);

/** owned is what the first manager of an object owns. */
const owned = ({ metadata }: KubeObject) => metadata.managedFields?.[0]?.fieldsV1;

describe('a create', () => {
  it('takes its steps in the order of upstream', async () => {
    await create();
    expect(steps).toEqual([
      'defaults',
      'mutating admission',
      'prepare',
      'validate',
      'warnings',
      'validating admission',
    ]);
  });

  it('shows mutating admission what was sent, without what the server decides', async () => {
    const sent = { uid: 'x', generation: 9, creationTimestamp: '2020-01-01T00:00:00Z' };
    await create(replicaSet({ status: { replicas: 5 } }, sent));
    expect(seen).toMatchObject({ status: { replicas: 5 }, spec: { minReadySeconds: 7 } });
    expect(seen.metadata).toMatchObject({
      generation: 9,
      managedFields: [{ operation: 'Update' }],
    });
    expect(seen.metadata.uid).toBeUndefined();
    expect(seen.metadata.creationTimestamp).toBeUndefined();
  });

  it('lets mutating admission set nothing of that', async () => {
    change = (draft) => {
      draft.status = { replicas: 3 };
      Object.assign(draft.metadata, { uid: 'mine', generation: 4 });
      if (draft.spec) Object.assign(draft.spec, { minReadySeconds: 8, replicas: 2 });
    };
    const made = await create();
    expect(made.status).toEqual({ replicas: 0 });
    expect(made.metadata).toMatchObject({ generation: 1, uid: expect.not.stringMatching('mine') });
    expect(made.spec?.replicas).toBe(2);
    expect(made.spec?.minReadySeconds).toBeUndefined();
  });

  it('has its sender own what is dropped, and nobody what mutating admission adds', async () => {
    change = ({ spec }) => void (spec && Object.assign(spec, { replicas: 2 }));
    const made = await create(replicaSet({ status: { replicas: 5 } }));
    expect(owned(made)).toEqual({ 'f:spec': { 'f:minReadySeconds': {}, 'f:selector': {} } });
  });

  it('gets its generated name after mutating admission', async () => {
    const made = await create(replicaSet({}, { name: '', generateName: 'x-' }));
    expect(seen.metadata.name ?? '').toBe('');
    expect(made.metadata.name).toMatch(/^x-[a-z0-9]{5}$/);
  });

  it('is refused where mutating admission puts it elsewhere', async () => {
    change = ({ metadata }) => void Object.assign(metadata, { namespace: 'other' });
    await expect(create()).rejects.toMatchObject({ code: 400 });
  });

  it('keeps its ownership where mutating admission makes it unreadable, and warns', async () => {
    change = ({ metadata }) => {
      metadata.managedFields = [{ manager: 'm', operation: 'Foo', apiVersion: 'v1' }];
    };
    expect(owned(await create())).toMatchObject({ 'f:spec': {} });
    expect(warnings).toEqual([
      '.metadata.managedFields was in an invalid state after admission; this could be caused by an outdated mutating admission controller; please fix your requests: operation must be `Apply` or `Update`',
    ]);
  });

  it('names no owner twice that mutating admission adds, and warns', async () => {
    const owner = { apiVersion: 'v1', kind: 'Pod', name: 'p', uid: 'u' };
    change = ({ metadata }) => {
      metadata.ownerReferences = [owner, { ...owner }, { ...owner, name: 'other' }];
    };
    const made = await create();
    expect(made.metadata.ownerReferences).toEqual([owner, { ...owner, name: 'other' }]);
    expect(warnings).toEqual([
      '.metadata.ownerReferences contains duplicate entries after mutating admission happens; API server dedups owner references in 1.20+, and may reject such requests as early as 1.24; please fix your requests; duplicate UID(s) observed: u',
    ]);
  });
});

describe('an update', () => {
  let made: ReplicaSet;

  beforeEach(async () => {
    made = await create();
    steps = [];
  });

  it('takes its steps in the order of upstream', async () => {
    await api.client.update(REPLICA_SETS, made);
    expect(steps).toEqual([
      'defaults',
      'mutating admission',
      'prepare',
      'validate',
      'validate update',
      'warnings',
      'validating admission',
    ]);
  });

  it('shows mutating admission what was sent, and lets it set no status and generation', async () => {
    change = (draft) => {
      draft.status = { replicas: 3 };
      Object.assign(draft.metadata, { generation: 44 });
    };
    const sent = { resourceVersion: made.metadata.resourceVersion, generation: 9 };
    const updated = await api.client.update(
      REPLICA_SETS,
      replicaSet({ status: { replicas: 5 } }, sent),
    );
    expect(seen.status).toEqual({ replicas: 5 });
    expect(seen.metadata.generation).toBe(9);
    expect(updated.status).toEqual({ replicas: 0 });
    expect(updated.metadata.generation).toBe(1);
  });

  it('of the status shows the whole object, and keeps all but the status', async () => {
    const draft = structuredClone(made);
    draft.status = { replicas: 4 };
    if (draft.spec) draft.spec.replicas = 9;
    change = ({ status }) => void Object.assign(status ?? {}, { readyReplicas: 1 });
    const updated = await api.client.updateStatus(REPLICA_SETS, draft);
    expect(seen.spec?.replicas).toBe(9);
    expect(updated.spec).toEqual(made.spec);
    expect(updated.status).toEqual({ replicas: 4, readyReplicas: 1 });
  });

  it('of an old version is refused after mutating admission', async () => {
    const stale = replicaSet({}, { resourceVersion: '0815' });
    await expect(api.client.update(REPLICA_SETS, stale)).rejects.toMatchObject({ code: 409 });
    expect(steps).toEqual(['defaults', 'mutating admission']);
  });
});
