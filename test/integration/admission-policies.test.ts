import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  DEPLOYMENTS,
  MUTATING_ADMISSION_POLICIES,
  MUTATING_ADMISSION_POLICY_BINDINGS,
  VALIDATING_ADMISSION_POLICIES,
  VALIDATING_ADMISSION_POLICY_BINDINGS,
} from '../../src/apis/resource-types.ts';
import type { KubeObject } from '../../src/machinery/object.ts';
import { type AdmissionBed, startAdmissionBed } from './support/admission-bed.ts';

let bed: AdmissionBed;

beforeEach(async () => {
  bed = await startAdmissionBed();
});
afterEach(() => bed.api.close());

const RULES = {
  resourceRules: [
    {
      operations: ['CREATE', 'UPDATE'],
      apiGroups: ['apps'],
      apiVersions: ['v1'],
      resources: ['deployments'],
    },
  ],
};

function deployment(replicas: number): Promise<KubeObject> {
  const labels = { app: 'web' };
  return bed.make(DEPLOYMENTS, {
    spec: {
      replicas,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [{ name: 'c', image: 'i:1' }] } },
    },
  });
}

async function policy(spec: object, binding: object = {}): Promise<void> {
  await bed.make(VALIDATING_ADMISSION_POLICIES, { spec: { matchConstraints: RULES, ...spec } });
  await bed.make(VALIDATING_ADMISSION_POLICY_BINDINGS, {
    spec: { policyName: 'x', validationActions: ['Deny'], ...binding },
  });
}

async function mutation(spec: object, binding: object = {}): Promise<void> {
  const matchConstraints = RULES;
  await bed.make(MUTATING_ADMISSION_POLICIES, {
    spec: { reinvocationPolicy: 'Never', matchConstraints, ...spec },
  });
  await bed.make(MUTATING_ADMISSION_POLICY_BINDINGS, { spec: { policyName: 'x', ...binding } });
}

const labelled = {
  patchType: 'ApplyConfiguration',
  applyConfiguration: {
    expression: 'Object{metadata: Object.metadata{labels: {"by": "policy"}}}',
  },
};
const OTHERS = { namespaceSelector: { matchLabels: { team: 'blue' } } };

describe('policies', () => {
  it('refuse what their expressions say', async () => {
    await policy({
      variables: [{ name: 'r', expression: 'object.spec.replicas' }],
      validations: [
        { expression: 'variables.r <= 5', messageExpression: '"got " + string(variables.r)' },
      ],
    });
    await expect(deployment(6)).rejects.toMatchObject({
      code: 422,
      message:
        "deployments.apps \"x\" is forbidden: ValidatingAdmissionPolicy 'x' with binding 'x' denied request: got 6",
    });
    expect(await deployment(5)).toMatchObject({ spec: { replicas: 5 } });
  });

  it('take parameters', async () => {
    await bed.configMap({ max: '2' }, 'limits');
    await policy(
      {
        paramKind: { apiVersion: 'v1', kind: 'ConfigMap' },
        validations: [{ expression: 'object.spec.replicas <= int(params.data.max)' }],
      },
      { paramRef: { name: 'limits', parameterNotFoundAction: 'Deny' } },
    );
    await expect(deployment(3)).rejects.toThrow(/failed expression: object.spec.replicas <=/);
    expect(await deployment(2)).toMatchObject({ spec: { replicas: 2 } });
  });

  it('lay configurations over objects', async () => {
    const expression =
      'Object{spec: Object.spec{replicas: object.spec.replicas + 1, template: Object.spec.template{spec: Object.spec.template.spec{containers: [Object.spec.template.spec.containers{name: "side", image: "s"}]}}}}';
    await mutation({
      mutations: [{ patchType: 'ApplyConfiguration', applyConfiguration: { expression } }],
    });
    const made = await deployment(1);
    expect(made).toMatchObject({
      spec: { replicas: 2, template: { spec: { containers: [{ name: 'c' }, { name: 'side' }] } } },
    });
  });

  it('patch objects', async () => {
    const expression =
      '[JSONPatch{op: "add", path: "/metadata/labels", value: {"a/b": "c"}}, JSONPatch{op: "add", path: "/metadata/labels/" + jsonpatch.escapeKey("d/e"), value: "f"}]';
    await mutation({ mutations: [{ patchType: 'JSONPatch', jsonPatch: { expression } }] });
    expect(await deployment(1)).toMatchObject({ metadata: { labels: { 'a/b': 'c', 'd/e': 'f' } } });
  });

  it.each([
    ['Fail', 'no such key: missing'],
    ['Ignore', undefined],
  ])('that cannot be applied refuse the request, or not: %s', async (failurePolicy, text) => {
    const expression = 'Object{spec: Object.spec{replicas: int(object.metadata.labels.missing)}}';
    const broken = { patchType: 'ApplyConfiguration', applyConfiguration: { expression } };
    await mutation({ failurePolicy, mutations: [broken, labelled] });
    const made = bed.make(DEPLOYMENTS, {
      metadata: { name: 'x', namespace: 'default', labels: { app: 'web' } },
      spec: {
        selector: { matchLabels: { app: 'web' } },
        template: {
          metadata: { labels: { app: 'web' } },
          spec: { containers: [{ name: 'c', image: 'i:1' }] },
        },
      },
    });
    if (text === undefined) {
      expect(await made).toMatchObject({ metadata: { labels: { app: 'web', by: 'policy' } } });
    } else {
      const denied = `policy 'x' with binding 'x' denied request: expression '${expression}' resulted in error: ${text}`;
      await expect(made).rejects.toMatchObject({ reason: 'Invalid', message: denied });
    }
  });

  it('leave alone what their bindings are not for', async () => {
    await policy({ validations: [{ expression: 'false' }] }, { matchResources: OTHERS });
    await mutation({ mutations: [labelled] }, { matchResources: OTHERS });
    expect((await deployment(1)).metadata.labels).toBeUndefined();
  });

  it.each([
    ['Deny', "with binding 'x' denied request: failed to configure binding: no params found"],
    ['Allow', undefined],
  ])('without the parameters that they need: %s', async (parameterNotFoundAction, text) => {
    await policy(
      {
        paramKind: { apiVersion: 'v1', kind: 'ConfigMap' },
        validations: [{ expression: 'false' }],
      },
      { paramRef: { name: 'nosuch', parameterNotFoundAction } },
    );
    if (text === undefined) expect(await deployment(1)).toMatchObject({ kind: 'Deployment' });
    else await expect(deployment(1)).rejects.toThrow(text);
  });

  it('are checked when they are made', async () => {
    await expect(
      policy({ validations: [{ expression: 'object.spec.replicas <= ' }] }),
    ).rejects.toThrow(/Syntax error: mismatched input '<EOF>'/);
    await expect(policy({ validations: [{ expression: 'nope' }] })).rejects.toThrow(
      /undeclared reference to 'nope' \(in container ''\)/,
    );
  });
});
