import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Deployment, DeploymentSpec, ReplicaSet } from '../../../apis/apps/v1/types.ts';
import { DEPLOYMENTS, PODS, REPLICA_SETS } from '../../../apis/resource-types.ts';
import { type Harness, newHarness } from '../../../controller-kit/fake/harness.ts';
import { newForbidden } from '../../../machinery/status-error.ts';
import { newReplicaSetController } from '../replica-set/replica-set-controller.ts';
import { newDeploymentController } from './deployment-controller.ts';

const REF = { namespace: 'a', name: 'web' };
const REVISION = 'deployment.kubernetes.io/revision';
const START = '2026-01-01T00:00:00Z';

function deploymentOf(more: Partial<DeploymentSpec> = {}): Deployment {
  const labels = { app: 'web' };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { ...REF, uid: 'd', annotations: { note: 'kept' } },
    spec: {
      replicas: 3,
      selector: { matchLabels: labels },
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
      revisionHistoryLimit: 10,
      progressDeadlineSeconds: 600,
      template: { metadata: { labels }, spec: { containers: [{ name: 'c', image: 'v1' }] } },
      ...more,
    },
  };
}

let harness: Harness;
beforeEach(() => {
  harness = newHarness(START);
});
afterEach(() => harness.stop());

function present(): Deployment {
  const found = harness.client.find(DEPLOYMENTS, REF);
  if (!found?.spec) throw new Error('no deployment');
  return found;
}

const imageOf = (set: ReplicaSet) => set.spec?.template?.spec?.containers[0]?.image;
const sizes = () =>
  Object.fromEntries(
    harness.client.all(REPLICA_SETS).map((set) => [imageOf(set), set.spec?.replicas]),
  );
const setOf = (image: string) => {
  const found = harness.client.all(REPLICA_SETS).find((set) => imageOf(set) === image);
  if (!found) throw new Error(`no replica set of ${image}`);
  return found;
};
const condition = (type: string) => present().status?.conditions?.find((one) => one.type === type);

async function start(more: Partial<DeploymentSpec> = {}): Promise<void> {
  harness.client.add(DEPLOYMENTS, deploymentOf(more));
  const { deps } = harness;
  await harness.start(newDeploymentController(deps), newReplicaSetController(deps));
}

async function change(spec: Partial<DeploymentSpec>, annotations = {}): Promise<void> {
  const { metadata, ...rest } = present();
  await harness.client.update(DEPLOYMENTS, {
    ...rest,
    metadata: { ...metadata, annotations: { ...metadata.annotations, ...annotations } },
    spec: { ...deploymentOf().spec, ...rest.spec, ...spec } as DeploymentSpec,
  });
  await harness.settle();
}

async function setImage(image: string): Promise<void> {
  const { template } = deploymentOf().spec ?? {};
  await change({ template: { ...template, spec: { containers: [{ name: 'c', image }] } } });
}

/** kubelet ends pods that are going and makes the others ready, once or until nothing is left. */
async function kubelet(rounds = 20): Promise<void> {
  for (let round = 0; round < rounds; round += 1) {
    const lastTransitionTime = harness.clock.now().toISOString();
    for (const pod of harness.client.all(PODS)) {
      const { namespace, name = '', deletionTimestamp } = pod.metadata;
      if (deletionTimestamp) harness.client.remove(PODS, { namespace, name });
      else if (!pod.status?.conditions) {
        const conditions = [{ type: 'Ready', status: 'True', lastTransitionTime }];
        const spec = { containers: [], ...pod.spec, nodeName: 'n' };
        harness.client.add(PODS, { ...pod, spec, status: { phase: 'Running', conditions } });
      }
    }
    await harness.settle();
  }
}

describe('the deployment controller', () => {
  it('creates a replica set of the template, named and labelled by its hash', async () => {
    await start();
    const set = setOf('v1');
    const hash = set.metadata.labels?.['pod-template-hash'] ?? '';
    expect(hash).toMatch(/^[bcdfghjklmnpqrstvwxz2456789]{1,10}$/);
    expect(set.metadata).toMatchObject({
      name: `web-${hash}`,
      labels: { app: 'web', 'pod-template-hash': hash },
      annotations: {
        note: 'kept',
        [REVISION]: '1',
        'deployment.kubernetes.io/desired-replicas': '3',
        'deployment.kubernetes.io/max-replicas': '4',
      },
      ownerReferences: [{ kind: 'Deployment', name: 'web', uid: 'd', controller: true }],
    });
    const labels = { app: 'web', 'pod-template-hash': hash };
    expect(set.spec?.selector).toEqual({ matchLabels: labels });
    expect(set.spec?.template?.metadata?.labels).toEqual(labels);
    expect(present().metadata.annotations?.[REVISION]).toBe('1');
    expect(harness.events[0]).toBe(
      `Normal ScalingReplicaSet: Scaled up replica set web-${hash} from 0 to 3`,
    );
    expect(condition('Available')).toMatchObject({
      status: 'False',
      reason: 'MinimumReplicasUnavailable',
      message: 'Deployment does not have minimum availability.',
    });
    await kubelet();
    expect(present().status).toMatchObject({
      observedGeneration: present().metadata.generation,
      replicas: 3,
      updatedReplicas: 3,
      readyReplicas: 3,
      availableReplicas: 3,
    });
    expect(present().status).not.toHaveProperty('unavailableReplicas');
    expect(condition('Available')).toMatchObject({
      status: 'True',
      reason: 'MinimumReplicasAvailable',
      message: 'Deployment has minimum availability.',
    });
    expect(condition('Progressing')).toMatchObject({
      status: 'True',
      reason: 'NewReplicaSetAvailable',
      message: `ReplicaSet "web-${hash}" has successfully progressed.`,
    });
  });

  it('rolls a new template out pod by pod and says so', async () => {
    await start();
    await kubelet();
    harness.events.length = 0;
    await setImage('v2');
    expect(sizes()).toEqual({ v1: 3, v2: 1 });
    expect(condition('Progressing')).toMatchObject({ reason: 'ReplicaSetUpdated', status: 'True' });
    await kubelet();
    expect(sizes()).toEqual({ v1: 0, v2: 3 });
    const [old, latest] = [setOf('v1').metadata.name, setOf('v2').metadata.name];
    expect(harness.events.filter((one) => one.includes('ScalingReplicaSet'))).toEqual([
      `Normal ScalingReplicaSet: Scaled up replica set ${latest} from 0 to 1`,
      `Normal ScalingReplicaSet: Scaled down replica set ${old} from 3 to 2`,
      `Normal ScalingReplicaSet: Scaled up replica set ${latest} from 1 to 2`,
      `Normal ScalingReplicaSet: Scaled down replica set ${old} from 2 to 1`,
      `Normal ScalingReplicaSet: Scaled up replica set ${latest} from 2 to 3`,
      `Normal ScalingReplicaSet: Scaled down replica set ${old} from 1 to 0`,
    ]);
    expect(present().metadata.annotations?.[REVISION]).toBe('2');
    expect(condition('Progressing')?.reason).toBe('NewReplicaSetAvailable');
  });

  it('counts revisions beyond what a floating point number holds', async () => {
    await start();
    await kubelet();
    const first = setOf('v1');
    const annotations = { ...first.metadata.annotations, [REVISION]: '3546343826724305832' };
    await harness.client.update(REPLICA_SETS, {
      ...first,
      metadata: { ...first.metadata, annotations },
    });
    await setImage('v2');
    await kubelet();
    expect(present().metadata.annotations?.[REVISION]).toBe('3546343826724305833');
  });

  it('goes back to the replica set of an older template as a new revision', async () => {
    await start();
    await kubelet();
    const old = setOf('v1').metadata.name;
    await setImage('v2');
    await kubelet();
    await setImage('v1');
    await kubelet();
    expect(sizes()).toEqual({ v1: 3, v2: 0 });
    expect(setOf('v1').metadata).toMatchObject({
      name: old,
      annotations: { [REVISION]: '3', 'deployment.kubernetes.io/revision-history': '1' },
    });
    expect(present().metadata.annotations?.[REVISION]).toBe('3');
  });

  it('rolls back by annotation', async () => {
    await start();
    await kubelet();
    await setImage('v2');
    await kubelet();
    await change({}, { 'deprecated.deployment.rollback.to': '1' });
    await kubelet();
    expect(sizes()).toEqual({ v1: 3, v2: 0 });
    expect(present().metadata.annotations).not.toHaveProperty('deprecated.deployment.rollback.to');
    expect(present().spec?.template.metadata?.labels).toEqual({ app: 'web' });
    expect(harness.events).toContain(
      'Normal DeploymentRollback: Rolled back deployment "web" to revision 1',
    );
    await change({}, { 'deprecated.deployment.rollback.to': '9' });
    expect(harness.events).toContain(
      'Warning DeploymentRollbackRevisionNotFound: Unable to find the revision to rollback to.',
    );
  });

  it('with Recreate, starts new pods only when the last old one has ended', async () => {
    await start({ strategy: { type: 'Recreate' } });
    await kubelet();
    await setImage('v2');
    expect(sizes()).toEqual({ v1: 0 });
    expect(harness.client.all(PODS)).toHaveLength(3);
    await kubelet();
    expect(sizes()).toEqual({ v1: 0, v2: 3 });
    expect(present().status?.availableReplicas).toBe(3);
  });

  it('does nothing new while paused but follows its size, and goes on when resumed', async () => {
    await start();
    await kubelet();
    await change({ paused: true });
    expect(condition('Progressing')).toMatchObject({
      status: 'Unknown',
      reason: 'DeploymentPaused',
      message: 'Deployment is paused',
    });
    await setImage('v2');
    await change({ replicas: 5 });
    await kubelet();
    expect(sizes()).toEqual({ v1: 5 });
    await change({ paused: false });
    await kubelet();
    expect(sizes()).toEqual({ v1: 0, v2: 5 });
  });

  it('gives up waiting at the progress deadline, and recovers', async () => {
    await start({ progressDeadlineSeconds: 60 });
    await harness.advance(59_000);
    expect(condition('Progressing')?.status).toBe('True');
    await harness.advance(3_000);
    expect(condition('Progressing')).toMatchObject({
      status: 'False',
      reason: 'ProgressDeadlineExceeded',
      message: `ReplicaSet "${setOf('v1').metadata.name}" has timed out progressing.`,
    });
    await kubelet();
    expect(condition('Progressing')).toMatchObject({
      status: 'True',
      reason: 'NewReplicaSetAvailable',
    });
  });

  it('waits minReadySeconds before a pod counts', async () => {
    await start({ minReadySeconds: 10 });
    await kubelet();
    expect(present().status).toMatchObject({ readyReplicas: 3, unavailableReplicas: 3 });
    await harness.advance(11_000);
    expect(present().status).toMatchObject({ readyReplicas: 3, availableReplicas: 3 });
  });

  it('keeps as many old versions as it shall', async () => {
    await start({ revisionHistoryLimit: 1 });
    await kubelet();
    for (const image of ['v2', 'v3', 'v4']) {
      await setImage(image);
      await kubelet();
    }
    expect(sizes()).toEqual({ v3: 0, v4: 3 });
  });

  it('takes another name when that of the hash is taken', async () => {
    await start({ replicas: 1 });
    const taken = setOf('v1');
    await harness.stop();
    harness = newHarness(START);
    const { ownerReferences: _, ...metadata } = taken.metadata;
    harness.client.add(REPLICA_SETS, { ...taken, metadata: { ...metadata, labels: {} } });
    await start({ replicas: 1 });
    await harness.advance(5_000);
    expect(present().status?.collisionCount).toBe(1);
    expect(harness.client.all(REPLICA_SETS)).toHaveLength(2);
  });

  it('carries on why pods cannot be created', async () => {
    const refusal = newForbidden(PODS, 'web-', 'exceeded quota: compute');
    harness.client.react((action) => {
      if (action.verb === 'create' && action.resource === 'pods') throw refusal;
      return undefined;
    });
    await start();
    expect(condition('ReplicaFailure')).toMatchObject({
      status: 'True',
      reason: 'FailedCreate',
      message: refusal.message,
    });
  });

  it('says why a version has no replica set', async () => {
    const refusal = newForbidden(REPLICA_SETS, 'web', 'no more');
    const allow = harness.client.react((action) => {
      if (action.verb === 'create' && action.resource === 'replicasets') throw refusal;
      return undefined;
    });
    await start();
    expect(condition('Progressing')).toMatchObject({
      status: 'False',
      reason: 'ReplicaSetCreateError',
    });
    allow();
    await harness.advance(5_000);
    expect(sizes()).toEqual({ v1: 3 });
  });

  it('adopts a replica set that matches and releases one that does not any more', async () => {
    await start();
    const set = setOf('v1');
    const { ownerReferences: _, ...metadata } = set.metadata;
    harness.client.add(REPLICA_SETS, { ...set, metadata });
    await harness.settle();
    expect(setOf('v1').metadata.ownerReferences).toMatchObject([{ uid: 'd' }]);
    const adopted = setOf('v1');
    const bare = { ...adopted.metadata, labels: {} };
    harness.client.add(REPLICA_SETS, { ...adopted, metadata: bare });
    await harness.settle();
    expect(adopted.metadata.uid).toBeDefined();
    expect(setOf('v1').metadata.ownerReferences ?? []).toEqual([]);
  });
});
