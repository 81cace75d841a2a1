import { describe, expect, it } from 'vitest';
import { parseRequest } from '../request/request-info.ts';
import { auditEvaluator } from './audit-evaluator.ts';
import { AuditPolicyError, parseAuditPolicy } from './audit-policy.ts';

const HEAD = 'apiVersion: audit.k8s.io/v1\nkind: Policy\n';
const policy = parseAuditPolicy(`${HEAD}
omitStages: [RequestReceived]
omitManagedFields: true
rules:
- level: None
  users: [noisy]
- level: None
  userGroups: [robots]
  verbs: [watch]
- level: RequestResponse
  resources: [{group: "", resources: [pods, "services/*"]}]
  namespaces: [a]
  omitManagedFields: false
- level: Request
  resources: [{group: apps, resources: ["*/status"]}, {group: "", resources: [secrets], resourceNames: [s]}]
- level: Metadata
  nonResourceURLs: ["/healthz*"]
  omitStages: [ResponseStarted]
- level: Metadata
  namespaces: [""]
  resources: [{group: ""}]
`);
const decide = auditEvaluator(policy);
const infoOf = (path: string) => {
  const url = new URL(path, 'http://x');
  return parseRequest('GET', url.pathname, url.searchParams);
};

describe('auditEvaluator', () => {
  it.each([
    ['noisy', [], '/api/v1/namespaces/a/pods', 'None'],
    ['x', ['robots'], '/api/v1/namespaces/a/pods?watch=1', 'None'],
    ['x', ['robots'], '/api/v1/namespaces/a/pods', 'RequestResponse'],
    ['x', [], '/api/v1/namespaces/b/pods', 'None'],
    ['x', [], '/api/v1/namespaces/a/pods/p/log', 'None'],
    ['x', [], '/api/v1/namespaces/a/services/s/proxy', 'RequestResponse'],
    ['x', [], '/apis/apps/v1/namespaces/b/deployments/d/status', 'Request'],
    ['x', [], '/apis/apps/v1/namespaces/b/deployments/d', 'None'],
    ['x', [], '/api/v1/namespaces/b/secrets/s', 'Request'],
    ['x', [], '/api/v1/namespaces/b/secrets/t', 'None'],
    ['x', [], '/healthz/etcd', 'Metadata'],
    ['x', [], '/version', 'None'],
    ['x', [], '/api/v1/nodes', 'Metadata'],
  ])('has of a request of %s in %j to %s recorded: %s', (name, groups, path, level) => {
    expect(decide({ name, groups }, infoOf(path)).level).toBe(level);
  });

  it('joins the stages that are left out, and lets a rule decide on managed fields', () => {
    const health = decide(undefined, infoOf('/healthz'));
    expect([...health.omitStages]).toEqual(['RequestReceived', 'ResponseStarted']);
    expect(health.omitManagedFields).toBe(true);
    expect(decide(undefined, infoOf('/api/v1/namespaces/a/pods')).omitManagedFields).toBe(false);
  });
});

describe('parseAuditPolicy', () => {
  it.each([
    ['rules: []', 'expected audit.k8s.io/v1, kind Policy'],
    [`${HEAD}rules: []`, 'loaded illegal policy with 0 rules'],
    [`${HEAD}rules: [{level: Loud}]`, 'rules[0].level: Unsupported value: "Loud"'],
    [`${HEAD}rules: [{}]`, 'rules[0].level: Required value'],
    [`${HEAD}omitStages: [x]\nrules: [{level: None}]`, 'omitStages[0]: Unsupported value: "x"'],
    [
      `${HEAD}rules: [{level: None, nonResourceURLs: ["/a*b"], namespaces: [x]}]`,
      'rules cannot apply to both regular resources and non-resource URLs',
    ],
    [`${HEAD}rules: [`, 'the audit policy is not YAML'],
  ])('refuses %j', (text, message) => {
    expect(() => parseAuditPolicy(text)).toThrow(AuditPolicyError);
    expect(() => parseAuditPolicy(text)).toThrow(message);
  });
});
