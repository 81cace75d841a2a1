import { describe, expect, it } from 'vitest';
import type { Deployment, ReplicaSet } from '../../../apis/apps/v1/types.ts';
import { deploymentState, historyText } from './deployments.ts';
import { revisionFor } from './undo-deployment.ts';

const REVISION = 'deployment.kubernetes.io/revision';

function deployment(status: Deployment['status'], generation = 1): Deployment {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web', generation, annotations: { [REVISION]: '2' } },
    spec: {
      replicas: 3,
      selector: { matchLabels: { app: 'web' } },
      template: { spec: { containers: [{ name: 'web' }] } },
    },
    status: { observedGeneration: 1, ...status },
  };
}

function replicaSet(revision: number, cause?: string): ReplicaSet {
  return {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      name: `web-${revision}`,
      annotations: {
        [REVISION]: String(revision),
        ...(cause ? { 'kubernetes.io/change-cause': cause } : {}),
      },
    },
    spec: {
      selector: { matchLabels: { app: 'web' } },
      template: {
        metadata: { labels: { app: 'web' } },
        spec: { containers: [{ name: 'web', image: `web:${revision}` }] },
      },
    },
  };
}

describe('deploymentState', () => {
  const waiting = (text: string) => `Waiting for deployment "web" rollout to finish: ${text}...\n`;

  it.each([
    [{ updatedReplicas: 1 }, waiting('1 out of 3 new replicas have been updated')],
    [{ updatedReplicas: 3, replicas: 4 }, waiting('1 old replicas are pending termination')],
    [
      { updatedReplicas: 3, replicas: 3, availableReplicas: 2 },
      waiting('2 of 3 updated replicas are available'),
    ],
  ])('words what is missing as kubectl does: %j', (status, text) => {
    expect(deploymentState(deployment(status), 0)).toEqual({ text, isDone: false });
  });

  it('waits until the controller has seen the change', () => {
    const { text } = deploymentState(deployment({}, 2), 0);
    expect(text).toBe('Waiting for deployment spec update to be observed...\n');
  });

  it('ends when all replicas are available', () => {
    const status = { updatedReplicas: 3, replicas: 3, availableReplicas: 3 };
    expect(deploymentState(deployment(status), 2)).toEqual({
      text: 'deployment "web" successfully rolled out\n',
      isDone: true,
    });
  });

  it('fails for another revision and after the deadline', () => {
    expect(() => deploymentState(deployment({}), 1)).toThrow(
      'desired revision (1) is different from the running revision (2)',
    );
    const conditions = [
      { type: 'Progressing', status: 'False', reason: 'ProgressDeadlineExceeded' },
    ];
    expect(() => deploymentState(deployment({ conditions }), 0)).toThrow(
      'deployment "web" exceeded its progress deadline',
    );
  });
});

describe('historyText', () => {
  it('lists the revisions with their causes, the oldest first', () => {
    expect(historyText([replicaSet(2, 'a new image'), replicaSet(1)], 0)).toBe(
      'REVISION  CHANGE-CAUSE\n1         <none>\n2         a new image\n',
    );
  });

  it('describes one revision with tabs', () => {
    expect(historyText([replicaSet(2, 'why'), replicaSet(1)], 2)).toMatch(
      /^Pod Template:\n {2}Labels:\tapp=web\n {2}Annotations:\tkubernetes.io\/change-cause: why\n/,
    );
  });

  it('knows no other revisions', () => {
    expect(historyText([], 0)).toBe('No rollout history found.');
    expect(() => historyText([replicaSet(1)], 7)).toThrow('unable to find the specified revision');
  });
});

describe('revisionFor', () => {
  const sets = [replicaSet(3), replicaSet(2), replicaSet(1)];

  it('goes one back, or to the revision that is asked for', () => {
    expect(revisionFor(deployment({}), sets, 0).metadata.name).toBe('web-2');
    expect(revisionFor(deployment({}), sets, 1).metadata.name).toBe('web-1');
  });

  it('says when there is none', () => {
    expect(() => revisionFor(deployment({}), sets, 9)).toThrow(
      'unable to find specified revision 9 in history',
    );
    expect(() => revisionFor(deployment({}), sets.slice(0, 1), 0)).toThrow(
      'no rollout history found for deployment "web"',
    );
  });
});
