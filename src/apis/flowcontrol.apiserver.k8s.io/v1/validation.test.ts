import { describe, expect, it } from 'vitest';
import { BOOTSTRAP_FLOW_SCHEMAS, BOOTSTRAP_PRIORITY_LEVELS } from './bootstrap.data.ts';
import { validateFlowSchema } from './flow-schema-validation.ts';
import { validatePriorityLevel } from './priority-level-validation.ts';
import type { FlowSchemaSpec, PriorityLevelConfigurationSpec } from './types.ts';

const apiVersion = 'flowcontrol.apiserver.k8s.io/v1';

const ofSchema = (spec: FlowSchemaSpec, name = 'x') =>
  validateFlowSchema({ apiVersion, kind: 'FlowSchema', metadata: { name }, spec }).map(
    ({ field, body }) => `${field}: ${body}`,
  );

const ofLevel = (spec: PriorityLevelConfigurationSpec, name = 'x') =>
  validatePriorityLevel({
    apiVersion,
    kind: 'PriorityLevelConfiguration',
    metadata: { name },
    spec,
  }).map(({ field, body }) => `${field}: ${body}`);

describe('validateFlowSchema', () => {
  it('takes what every cluster has', () => {
    for (const [name, spec] of Object.entries(BOOTSTRAP_FLOW_SCHEMAS)) {
      expect(ofSchema(spec, name)).toEqual([]);
    }
  });

  it('keeps the mandatory ones as they are', () => {
    const spec = { ...BOOTSTRAP_FLOW_SCHEMAS['service-accounts'] } as FlowSchemaSpec;
    expect(ofSchema(spec, 'catch-all').join()).toContain(
      "spec of 'catch-all' must equal the fixed value",
    );
  });

  it('names what is wrong with rules', () => {
    const spec: FlowSchemaSpec = {
      matchingPrecedence: 1,
      priorityLevelConfiguration: { name: 'a' },
      rules: [
        { subjects: [] },
        {
          subjects: [{ kind: 'User', user: { name: 'u' }, group: { name: 'g' } }],
          nonResourceRules: [{ verbs: ['fly'], nonResourceURLs: ['/a//b', '/x*'] }],
        },
      ],
    };
    expect(ofSchema(spec)).toEqual([
      "spec.matchingPrecedence: Invalid value: 1: only the schema named 'exempt' may have matchingPrecedence 1",
      'spec.rules[0].subjects: Required value: subjects must contain at least one value',
      'spec.rules[0]: Required value: at least one of resourceRules and nonResourceRules has to be non-empty',
      "spec.rules[1].subjects[0].group: Forbidden: group is forbidden when subject kind is not 'Group'",
      'spec.rules[1].nonResourceRules[0].verbs: Unsupported value: ["fly"]: supported values: "create", "delete", "deletecollection", "get", "list", "patch", "proxy", "update", "watch"',
      'spec.rules[1].nonResourceRules[0].nonResourceURLs[0]: Invalid value: "/a//b": must not contain double slash',
      'spec.rules[1].nonResourceRules[0].nonResourceURLs[1]: Invalid value: "/x*": wildcard can only do suffix matching',
    ]);
  });
});

describe('validatePriorityLevel', () => {
  it('takes what every cluster has', () => {
    for (const [name, spec] of Object.entries(BOOTSTRAP_PRIORITY_LEVELS)) {
      expect(ofLevel(spec, name)).toEqual([]);
    }
  });

  it.each([
    [
      { type: 'Exempt' },
      "spec.type: Invalid value: \"Exempt\": must be 'Exempt' if and only if `name` is 'exempt'",
    ],
    [{ type: 'Limited' }, 'spec.limited: Required value: must not be empty when type is Limited'],
    [
      { type: 'Limited', limited: { limitResponse: { type: 'Queue' } } },
      'spec.limited.limitResponse.queuing: Required value: must not be empty if limited.limitResponse.type is Limited',
    ],
    [
      {
        type: 'Limited',
        limited: {
          limitResponse: {
            type: 'Queue',
            queuing: { queues: 4, handSize: 5, queueLengthLimit: 1 },
          },
        },
      },
      'spec.limited.limitResponse.queuing.handSize: Invalid value: 5: should not be greater than queues (4)',
    ],
  ])('refuses %j', (spec, text) => {
    expect(ofLevel(spec as PriorityLevelConfigurationSpec)).toEqual([text]);
  });
});
