import { describe, expect, it } from 'vitest';
import type { DeploymentConfig } from '../../../apis/apps.openshift.io/v1/types.ts';
import { newDeployment } from './new-deployment.ts';
import { causesOfRollout } from './trigger.ts';

const FROM = { kind: 'ImageStreamTag', name: 'web:latest', namespace: 'p1' };

function config(over: Partial<DeploymentConfig['spec']> = {}, latestVersion = 0): DeploymentConfig {
  return {
    apiVersion: 'apps.openshift.io/v1',
    kind: 'DeploymentConfig',
    metadata: { name: 'web', namespace: 'p1', uid: 'u' },
    spec: {
      replicas: 1,
      selector: { app: 'web' },
      triggers: [
        { type: 'ConfigChange' },
        {
          type: 'ImageChange',
          imageChangeParams: {
            automatic: true,
            containerNames: ['web'],
            from: FROM,
            lastTriggeredImage: 'registry/web@sha256:1',
          },
        },
      ],
      template: {
        metadata: { labels: { app: 'web' } },
        spec: { containers: [{ name: 'web', image: 'registry/web@sha256:1' }] },
      },
      ...over,
    },
    status: { latestVersion },
  };
}

function withImage(image: string | undefined, latestVersion: number): DeploymentConfig {
  const changed = config({}, latestVersion);
  const params = changed.spec.triggers?.[1]?.imageChangeParams;
  if (params) {
    delete params.lastTriggeredImage;
    if (image) params.lastTriggeredImage = image;
  }
  const container = changed.spec.template?.spec?.containers[0];
  if (container) container.image = image ?? 'web:latest';
  return changed;
}

/** rolledBack has the image of an older version, with image triggers off, as `rollout undo` leaves it. */
function rolledBack(automatic: boolean): DeploymentConfig {
  const changed = config({}, 1);
  const params = changed.spec.triggers?.[1]?.imageChangeParams;
  if (params) params.automatic = automatic;
  const container = changed.spec.template?.spec?.containers[0];
  if (container) container.image = 'registry/web@sha256:0';
  return changed;
}

const deployed = newDeployment(config({}, 1));
const image = [{ type: 'ImageChange', imageTrigger: { from: FROM } }];
const template = (value: string) => ({
  metadata: { labels: { app: 'web' } },
  spec: {
    containers: [{ name: 'web', image: 'registry/web@sha256:1', env: [{ name: 'A', value }] }],
  },
});

describe('causesOfRollout', () => {
  it.each([
    ['a first deployment, image resolved', config(), undefined, [{ type: 'ConfigChange' }]],
    ['a first deployment, image not built yet', withImage(undefined, 0), undefined, []],
    ['nothing new', config({}, 1), deployed, []],
    ['a new image', withImage('registry/web@sha256:2', 1), deployed, image],
    [
      'a changed template',
      config({ template: template('1') }, 1),
      deployed,
      [{ type: 'ConfigChange' }],
    ],
    [
      'a changed template without a config trigger',
      config({ template: template('1'), triggers: [] }, 1),
      deployed,
      [],
    ],
    ['an older image after a rollback', rolledBack(false), deployed, [{ type: 'ConfigChange' }]],
    ['an image that an automatic trigger will write again', rolledBack(true), deployed, []],
    ['anything while paused', config({ template: template('1'), paused: true }, 1), deployed, []],
    ['a change of replicas only', config({ replicas: 5 }, 1), deployed, []],
  ])('%s', (_case, now, latest, causes) => expect(causesOfRollout(now, latest)).toEqual(causes));
});

describe('newDeployment', () => {
  it('has the names, labels and owner of OpenShift, and no pods yet', () => {
    expect(deployed.metadata.name).toBe('web-1');
    expect(deployed.spec?.replicas).toBe(0);
    expect(deployed.spec?.selector).toEqual({
      app: 'web',
      deployment: 'web-1',
      deploymentconfig: 'web',
    });
    expect(deployed.spec?.template?.metadata?.labels).toEqual(deployed.spec?.selector);
    expect(deployed.metadata.ownerReferences).toMatchObject([
      { kind: 'DeploymentConfig', uid: 'u', controller: true },
    ]);
    expect(deployed.metadata.annotations).toMatchObject({
      'openshift.io/deployment.phase': 'New',
      'openshift.io/deployment-config.latest-version': '1',
    });
  });
});
