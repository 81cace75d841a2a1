import { describe, expect, it } from 'vitest';
import { describeProject } from './describe-project.ts';
import type { ProjectState } from './project-state.ts';

const NOW = new Date('2026-11-22T13:31:36Z');
const seconds = (n: number) => new Date(NOW.getTime() - n * 1000).toISOString();

const EMPTY: ProjectState = {
  project: {
    apiVersion: 'project.openshift.io/v1',
    kind: 'Project',
    metadata: { name: 'p2', annotations: { 'openshift.io/display-name': 'Project two' } },
  },
  services: [],
  pods: [],
  replicationControllers: [],
  deployments: [],
  replicaSets: [],
  buildConfigs: [],
  builds: [],
  imageStreams: [],
  deploymentConfigs: [],
  routes: [],
  forbidden: [],
};

function deploymentConfig(name: string, tag: string) {
  const labels = { deploymentconfig: name };
  return {
    apiVersion: 'apps.openshift.io/v1',
    kind: 'DeploymentConfig',
    metadata: { name },
    spec: {
      replicas: 1,
      selector: labels,
      template: { metadata: { labels }, spec: { containers: [{ name, image: 'x' }] } },
      triggers: [
        { type: 'ConfigChange' },
        {
          type: 'ImageChange',
          imageChangeParams: {
            automatic: true,
            containerNames: [name],
            from: { kind: 'ImageStreamTag', name: tag },
          },
        },
      ],
    },
    status: { latestVersion: 1 },
  } as unknown as ProjectState['deploymentConfigs'][number];
}

function rollout(name: string, phase: string, replicas: number, ready: number) {
  return {
    apiVersion: 'v1',
    kind: 'ReplicationController',
    metadata: {
      name: `${name}-1`,
      creationTimestamp: seconds(3),
      annotations: {
        'openshift.io/deployment-config.name': name,
        'openshift.io/deployment-config.latest-version': '1',
        'openshift.io/deployment.phase': phase,
      },
    },
    spec: { replicas, selector: { deployment: `${name}-1` } },
    status: { replicas, readyReplicas: ready },
  };
}

const service = (name: string, clusterIP: string, port: number) => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name },
  spec: { clusterIP, selector: { deploymentconfig: name }, ports: [{ port, targetPort: port }] },
});

const FULL: ProjectState = {
  ...EMPTY,
  services: [service('njs', '10.3.185.62', 8080), service('db', '10.3.229.34', 3306)],
  deploymentConfigs: [deploymentConfig('db', 'db:8.0'), deploymentConfig('njs', 'njs:latest')],
  replicationControllers: [rollout('db', 'Pending', 0, 0), rollout('njs', 'Running', 1, 0)],
  imageStreams: [
    {
      apiVersion: 'image.openshift.io/v1',
      kind: 'ImageStream',
      metadata: { name: 'njs' },
      spec: {},
      status: { dockerImageRepository: 'registry/p2/njs' },
    },
  ],
  buildConfigs: [
    {
      apiVersion: 'build.openshift.io/v1',
      kind: 'BuildConfig',
      metadata: { name: 'njs' },
      spec: {
        source: { git: { uri: 'https://git.example.com/nodejs-ex.git', ref: 'master' } },
        strategy: { sourceStrategy: { from: { kind: 'ImageStreamTag', name: 'nodejs:16' } } },
        output: { to: { kind: 'ImageStreamTag', name: 'njs:latest' } },
      },
    } as unknown as ProjectState['buildConfigs'][number],
  ],
  builds: [
    {
      apiVersion: 'build.openshift.io/v1',
      kind: 'Build',
      metadata: {
        name: 'njs-1',
        creationTimestamp: seconds(39),
        labels: { buildconfig: 'njs' },
        annotations: { 'openshift.io/build.number': '1' },
      },
      status: { phase: 'Pending' },
    } as unknown as ProjectState['builds'][number],
  ],
  routes: [
    {
      apiVersion: 'route.openshift.io/v1',
      kind: 'Route',
      metadata: { name: 'njs' },
      spec: {
        host: 'njs-p2.apps.golden.example.com',
        to: { kind: 'Service', name: 'njs' },
        port: { targetPort: '8080-tcp' },
      },
    } as unknown as ProjectState['routes'][number],
  ],
};

const OPTIONS = { server: 'https://127.0.0.1:16443', program: 'oc', now: NOW };

describe('describeProject', () => {
  it('says how to begin in an empty project', () => {
    expect(describeProject(EMPTY, { ...OPTIONS, suggest: false })).toBe(
      `In project Project two (p2) on server https://127.0.0.1:16443

You have no services, deployment configs, or build configs.
Run 'oc new-app' to create an application.
`,
    );
  });

  it('shows services with their routes, deployments, builds and advice as oc does', () => {
    expect(describeProject(FULL, { ...OPTIONS, suggest: true })).toBe(
      `In project Project two (p2) on server https://127.0.0.1:16443

svc/db - 10.3.229.34:3306
  dc/db deploys istag/db:8.0 
    deployment #1 pending 3 seconds ago

http://njs-p2.apps.golden.example.com to pod port 8080-tcp (svc/njs)
  dc/njs deploys istag/njs:latest <- bc/njs source builds https://git.example.com/nodejs-ex.git#master on istag/nodejs:16 
      build #1 pending for 39 seconds
    deployment #1 running for 3 seconds - 0/1 pods

Errors:
  * route/njs is routing traffic to svc/njs, but either the administrator has not installed a router or the router is not selecting this route.

Info:
  * dc/db has no readiness probe to verify pods are ready to accept traffic or ensure deployment is successful.
    try: oc set probe dc/db --readiness ...
  * dc/db has no liveness probe to verify pods are still running.
    try: oc set probe dc/db --liveness ...
  * dc/njs has no readiness probe to verify pods are ready to accept traffic or ensure deployment is successful.
    try: oc set probe dc/njs --readiness ...
  * dc/njs has no liveness probe to verify pods are still running.
    try: oc set probe dc/njs --liveness ...

View details with 'oc describe <resource>/<name>' or list resources with 'oc get all'.
`,
    );
  });

  it('counts advice when it is not asked for', () => {
    const text = describeProject({ ...FULL, routes: [] }, { ...OPTIONS, suggest: false });
    expect(text).toMatch(/\n\n\n4 infos identified, use 'oc status --suggest' to see details.\n$/);
  });
});
