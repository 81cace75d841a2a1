import { describe, expect, it } from 'vitest';
import { describeProject } from './describe-project.ts';
import type { ProjectState } from './project-state.ts';

const NOW = new Date('2026-11-22T13:31:36Z');
const ago = (n: number) => new Date(NOW.getTime() - n * 1000).toISOString();

function deployment(name: string, tag: string, revision: number): ProjectState['deployments'][0] {
  const labels = { deployment: name };
  const triggers = [
    {
      from: { kind: 'ImageStreamTag', name: tag },
      fieldPath: `spec.template.spec.containers[?(@.name=="${name}")].image`,
    },
  ];
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: {
      name,
      annotations: {
        'deployment.kubernetes.io/revision': String(revision),
        'image.openshift.io/triggers': JSON.stringify(triggers),
      },
    },
    spec: {
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [{ name, image: ' ' }] } },
    },
  };
}

function replicaSet(
  owner: string,
  revision: number,
  age: number,
  replicas: number,
): ProjectState['replicaSets'][0] {
  const labels = { deployment: owner, 'pod-template-hash': String(revision) };
  return {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      name: `${owner}-${revision}`,
      creationTimestamp: ago(age),
      annotations: { 'deployment.kubernetes.io/revision': String(revision) },
      ownerReferences: [
        { apiVersion: 'apps/v1', kind: 'Deployment', name: owner, uid: 'u', controller: true },
      ],
    },
    spec: {
      replicas: 1,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [{ name: owner, image: ' ' }] } },
    },
    status: { replicas, readyReplicas: 0 },
  };
}

const service = (name: string, clusterIP: string) => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name },
  spec: {
    clusterIP,
    selector: { deployment: name },
    ports: [{ port: 8080, targetPort: 8080 }],
  },
});

const STATE: ProjectState = {
  project: { apiVersion: 'project.openshift.io/v1', kind: 'Project', metadata: { name: 'p2' } },
  services: [service('njs', '10.3.185.62'), service('web', '10.3.144.114')],
  pods: [
    {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'web-2-x', labels: { deployment: 'web', 'pod-template-hash': '2' } },
      spec: { containers: [] },
    },
  ],
  replicationControllers: [],
  deployments: [deployment('web', 'web:1.0', 2), deployment('njs', 'njs:latest', 1)],
  replicaSets: [replicaSet('web', 1, 7, 0), replicaSet('web', 2, 6, 1), replicaSet('njs', 1, 3, 0)],
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
    } as unknown as ProjectState['buildConfigs'][0],
  ],
  builds: [
    {
      apiVersion: 'build.openshift.io/v1',
      kind: 'Build',
      metadata: { name: 'njs-1', creationTimestamp: ago(3), labels: { buildconfig: 'njs' } },
      status: { phase: 'Pending' },
    } as unknown as ProjectState['builds'][0],
  ],
  imageStreams: [
    {
      apiVersion: 'image.openshift.io/v1',
      kind: 'ImageStream',
      metadata: { name: 'njs' },
      spec: {},
      status: { dockerImageRepository: 'registry/p2/njs' },
    },
  ],
  deploymentConfigs: [],
  routes: [],
  forbidden: [],
};

const OPTIONS = { server: 'https://s', program: 'oc', now: NOW };

describe('describeProject with Deployments', () => {
  it('shows them below their services, with the builds and every revision, as oc does', () => {
    expect(
      describeProject(STATE, { ...OPTIONS, suggest: true }),
    ).toBe(`In project p2 on server https://s

svc/njs - 10.3.185.62:8080
  deployment/njs deploys istag/njs:latest <-
    bc/njs source builds https://git.example.com/nodejs-ex.git#master on istag/nodejs:16 
      build #1 pending for 3 seconds
    deployment #1 running for 3 seconds - 0/1 pods growing to 1

svc/web - 10.3.144.114:8080
  deployment/web deploys istag/web:1.0 
    deployment #2 running for 6 seconds - 0/1 pods
    deployment #1 deployed 7 seconds ago - 0/1 pods growing to 1

Info:
  * deployment/njs has no liveness probe to verify pods are still running.
    try: oc set probe deployment/njs --liveness ...
  * deployment/web has no liveness probe to verify pods are still running.
    try: oc set probe deployment/web --liveness ...

View details with 'oc describe <resource>/<name>' or list resources with 'oc get all'.
`);
  });

  it('shows those without services, and images that no trigger sets', () => {
    const one = deployment('web', 'web:1.0', 1);
    const bare = {
      ...one,
      metadata: { name: 'web' },
      spec: {
        selector: {},
        template: { spec: { containers: [{ name: 'web', image: 'quay.io/a/web:2' }] } },
      },
    };
    const state = { ...STATE, services: [], buildConfigs: [], deployments: [bare], pods: [] };
    expect(describeProject(state, { ...OPTIONS, suggest: false })).toContain(
      '\n\ndeployment/web deploys quay.io/a/web:2 \n',
    );
  });

  it('shows replica sets of nobody by themselves', () => {
    const set = replicaSet('solo', 1, 60, 1);
    const own = { ...set, metadata: { name: 'solo', creationTimestamp: ago(60) } };
    const state = { ...STATE, services: [], deployments: [], replicaSets: [own] };
    expect(describeProject(state, { ...OPTIONS, suggest: false })).toContain(
      '\n\nrs/solo runs  \n  rs/solo created about a minute ago - 0/1 pods\n',
    );
  });
});
