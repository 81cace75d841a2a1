import { expect, it } from 'vitest';
import { PHASE, phaseOf, STATUS_REASON } from '../../../apis/apps.openshift.io/v1/names.ts';
import type { DeploymentConfig } from '../../../apis/apps.openshift.io/v1/types.ts';
import { finished, newDeployment } from './new-deployment.ts';

const config: DeploymentConfig = {
  apiVersion: 'apps.openshift.io/v1',
  kind: 'DeploymentConfig',
  metadata: { name: 'web', namespace: 'shop', uid: 'u1' },
  spec: { replicas: 2, template: { spec: { containers: [{ name: 'web', image: 'web' }] } } },
  status: {
    latestVersion: 3,
    details: { message: 'image change', causes: [{ type: 'ImageChange' }] },
  },
};

it('says what started a version, also when it is complete', () => {
  const { annotations } = newDeployment(config).metadata;
  expect(annotations?.[STATUS_REASON]).toBe('image change');

  const complete = { ...annotations, ...finished('Complete') };
  expect(phaseOf({ metadata: { annotations: complete } })).toBe('Complete');
  expect(complete[STATUS_REASON]).toBe('image change');
});

it('says why a version failed', () => {
  expect(finished('Failed', 'cancelled by the user')).toEqual({
    [PHASE]: 'Failed',
    [STATUS_REASON]: 'cancelled by the user',
  });
});
