import { afterEach, describe, expect, it } from 'vitest';
import type { Namespace, Pod } from '../../apis/core/v1/types.ts';
import { NAMESPACES, PODS } from '../../apis/resource-types.ts';
import type { AdmissionRequest } from '../../apiserver/contracts.ts';
import { MetricRegistry } from '../../machinery/metrics/metric-registry.ts';
import { metricsText } from '../../machinery/metrics/metrics-text.ts';
import type { KubeObject, ResourceType } from '../../machinery/object.ts';
import { newPodSecurity, type PodSecurityOptions } from './pod-security.ts';
import { PodSecurityMetrics } from './pod-security-metrics.ts';
import { PRIVILEGED, parseLevel } from './policy.ts';

const label = (mode: string) => `pod-security.kubernetes.io/${mode}`;
const DEPLOYMENTS = { group: 'apps', version: 'v1', resource: 'deployments', kind: 'Deployment' };
const SPEC = { containers: [{ name: 'a', image: 'i' }], hostPID: true };
const pod = (name: string, over = {}): Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: 'n' },
  spec: { ...SPEC, ...over },
});
const namespace = (labels: Record<string, string>): Namespace => ({
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name: 'n', labels },
});
const parsed = (enforce: string) => ({ ...PRIVILEGED, enforce: parseLevel(enforce).value });
let warnings: string[] = [];
let annotations: Record<string, string> = {};

afterEach(() => {
  warnings = [];
  annotations = {};
});

async function admit(
  labels: Record<string, string>,
  request: { type: ResourceType; object: KubeObject; old?: KubeObject; subresource?: string },
  options: Partial<PodSecurityOptions> = {},
) {
  const plugin = newPodSecurity({
    namespace: () => namespace(labels),
    pods: () => [pod('p2'), pod('p1'), pod('fine', { hostPID: false })],
    ...options,
  });
  const user = { name: 'joe', groups: [] };
  const context = {
    user,
    namespace: 'n',
    warn: (text: string) => warnings.push(text),
    annotate: (key: string, value: string) => Object.assign(annotations, { [key]: value }),
  };
  await plugin.validate?.({
    operation: request.old ? 'UPDATE' : 'CREATE',
    subresource: '',
    namespace: 'n',
    name: request.object.metadata.name ?? '',
    old: undefined,
    ...request,
    context,
  } as unknown as AdmissionRequest);
}

const violates =
  'pods "p" is forbidden: violates PodSecurity "baseline:latest": host namespaces (hostPID=true)';

describe('the PodSecurity admission', () => {
  it('lets everything pass where a namespace says nothing', async () => {
    await admit({}, { type: PODS, object: pod('p') });
    expect(warnings).toEqual([]);
  });

  it('refuses a pod that violates what is enforced', async () => {
    const labels = { [label('enforce')]: 'baseline' };
    await expect(admit(labels, { type: PODS, object: pod('p') })).rejects.toMatchObject({
      code: 403,
      message: violates,
    });
    const ephemeral = { type: PODS, object: pod('p'), old: pod('p') };
    await expect(admit(labels, ephemeral)).resolves.toBeUndefined();
    const old = pod('p', { containers: [{ name: 'a', image: 'old' }] });
    await expect(admit(labels, { ...ephemeral, old })).rejects.toMatchObject({ code: 403 });
    await expect(
      admit(labels, { ...ephemeral, old, subresource: 'status' }),
    ).resolves.toBeUndefined();
  });

  it('exempts users, namespaces and runtime classes', async () => {
    const labels = { [label('enforce')]: 'baseline' };
    const request = { type: PODS, object: pod('p', { runtimeClassName: 'vm' }) };
    for (const [reason, exemption] of [
      ['user', { exemptUsernames: ['joe'] }],
      ['namespace', { exemptNamespaces: ['n'] }],
      ['runtimeClass', { exemptRuntimeClasses: ['vm'] }],
    ] as const) {
      await expect(admit(labels, request, exemption)).resolves.toBeUndefined();
      expect(annotations).toEqual({ [label('exempt')]: reason });
    }
  });

  it('warns of labels of an exempt namespace that demand something, in vain', async () => {
    const defaults = parsed('baseline');
    const exempt = { exemptNamespaces: ['n'], defaults };
    const object = namespace({
      [label('enforce')]: 'restricted',
      [label('warn-version')]: 'v1.25',
    });
    const ignored = (levels: string) =>
      `namespace "n" is exempt from Pod Security, and the policy (${levels}) will be ignored`;
    await admit({}, { type: NAMESPACES, object }, exempt);
    await admit({}, { type: NAMESPACES, object, old: namespace({}) }, exempt);
    const levels = 'enforce=restricted:latest, warn=restricted:v1.25';
    expect(warnings).toEqual([ignored(levels), ignored(levels)]);
    warnings = [];
    for (const enforce of ['privileged', 'baseline']) {
      const usual = namespace({ [label('enforce')]: enforce, [label('warn')]: 'privileged' });
      await admit({}, { type: NAMESPACES, object: usual, old: object }, exempt);
    }
    expect(warnings).toEqual([]);
    expect(annotations).toEqual({});
  });

  it('demands of namespaces without labels what the defaults demand', async () => {
    const request = { type: PODS, object: pod('p') };
    await expect(admit({}, request, { defaults: parsed('baseline') })).rejects.toThrow(
      'violates PodSecurity "baseline:latest"',
    );
    const labels = { [label('enforce')]: 'privileged' };
    await expect(admit(labels, request, { defaults: parsed('baseline') })).resolves.toBeUndefined();
  });

  it('records what was enforced and what would violate the level to audit', async () => {
    await admit({}, { type: PODS, object: pod('p') });
    expect(annotations).toEqual({ [label('enforce-policy')]: 'privileged:latest' });
    const labels = {
      [label('enforce')]: 'baseline',
      [label('enforce-version')]: 'v1.30',
      [label('audit')]: 'baseline',
      [label('warn-version')]: 'new',
    };
    await expect(admit(labels, { type: PODS, object: pod('p') })).rejects.toThrow('violates');
    expect(warnings).toEqual([]);
    const found = {
      [label('audit-violations')]:
        'would violate PodSecurity "baseline:latest": host namespaces (hostPID=true)',
      [label('error')]:
        'Failed to parse policy: metadata.labels[pod-security.kubernetes.io/warn-version]: Invalid value: "new": must be "latest" or "v1.x"',
    };
    expect(annotations).toEqual({ ...found, [label('enforce-policy')]: 'baseline:v1.30' });
    annotations = {};
    const object = {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'd' },
      spec: { template: { metadata: {}, spec: SPEC } },
    };
    await admit(labels, { type: { ...DEPLOYMENTS, namespaced: true }, object });
    expect(annotations).toEqual(found);
  });

  it('warns of templates that would make such pods', async () => {
    const object = {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'd' },
      spec: { template: { metadata: {}, spec: SPEC } },
    };
    const labels = { [label('enforce')]: 'baseline', [label('enforce-version')]: 'v1.30' };
    await admit(labels, { type: { ...DEPLOYMENTS, namespaced: true }, object });
    expect(warnings).toEqual([
      'would violate PodSecurity "baseline:v1.30": host namespaces (hostPID=true)',
    ]);
  });

  it('refuses labels that mean nothing, unless they were there before', async () => {
    const object = namespace({ [label('enforce')]: 'Strict', [label('warn-version')]: '1.2' });
    const request = { type: NAMESPACES, object };
    await expect(admit({}, request)).rejects.toMatchObject({
      code: 422,
      message: expect.stringContaining(
        'metadata.labels[pod-security.kubernetes.io/enforce]: Invalid value: "Strict": must be one of privileged, baseline, restricted',
      ),
    });
    await expect(admit({}, { ...request, old: object })).resolves.toBeUndefined();
  });

  it('warns of pods that a raised level would not admit', async () => {
    const old = namespace({});
    const object = namespace({ [label('enforce')]: 'baseline' });
    await admit({}, { type: NAMESPACES, object, old });
    expect(warnings).toEqual([
      'existing pods in namespace "n" violate the new PodSecurity enforce level "baseline:latest"',
      'p1 (and 1 other pod): host namespaces',
    ]);
    warnings = [];
    await admit({}, { type: NAMESPACES, object: old, old: object });
    expect(warnings).toEqual([]);
    const exempt = {
      pods: () => [pod('vm', { runtimeClassName: 'vm' })],
      exemptRuntimeClasses: ['vm'],
    };
    await admit({}, { type: NAMESPACES, object, old }, exempt);
    expect(warnings).toEqual([]);
  });
});

describe('the metrics of PodSecurity', () => {
  it('count decisions, exemptions and policies that cannot be read', async () => {
    const registry = new MetricRegistry();
    const metrics = new PodSecurityMetrics(registry);
    const request = { type: PODS, object: pod('p') };
    await admit({}, request, { metrics });
    const labels = { [label('enforce')]: 'baseline', [label('enforce-version')]: 'v1.30' };
    await expect(admit(labels, request, { metrics })).rejects.toThrow('violates');
    await admit({ [label('warn')]: 'restricted' }, request, { metrics });
    await admit(labels, request, { metrics, exemptUsernames: ['joe'] });
    await expect(admit({}, request, { metrics, namespace: () => undefined })).rejects.toThrow();
    const text = metricsText([registry.snapshot()]);
    const about = 'request_operation="create",resource="pod",subresource=""';
    for (const line of [
      `evaluations_total{decision="allow",policy_level="privileged",policy_version="latest",mode="enforce",${about}} 2`,
      `evaluations_total{decision="deny",policy_level="baseline",policy_version="v1.30",mode="enforce",${about}} 1`,
      `evaluations_total{decision="deny",policy_level="restricted",policy_version="latest",mode="warn",${about}} 1`,
      `exemptions_total{${about}} 1`,
      `errors_total{fatal="true",${about}} 1`,
    ])
      expect(text).toContain(`\npod_security_${line}\n`);
  });
});
