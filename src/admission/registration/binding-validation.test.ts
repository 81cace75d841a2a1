import { describe, expect, it } from 'vitest';
import type {
  MutatingAdmissionPolicyBinding,
  ValidatingAdmissionPolicyBinding,
} from '../../apis/admissionregistration.k8s.io/v1/types.ts';
import { validateMutatingBinding, validateValidatingBinding } from './binding-validation.ts';

type Spec = ValidatingAdmissionPolicyBinding['spec'];

/** A client may leave out what the type requires. */
const bindingOf = (spec: object | undefined) =>
  ({ metadata: { name: 'b' }, ...(spec && { spec }) }) as ValidatingAdmissionPolicyBinding &
    MutatingAdmissionPolicyBinding;
const told = (spec?: object) =>
  validateValidatingBinding(bindingOf(spec)).map(({ field, body }) => `${field}: ${body}`);

const GOOD: Spec = { policyName: 'p', validationActions: ['Audit', 'Warn'] };
const EXCLUSIVE = 'Forbidden: name and selector are mutually exclusive';

describe('validateValidatingBinding', () => {
  it('takes what is whole', () => {
    expect(told(GOOD)).toEqual([]);
    const paramRef = { name: 'n', parameterNotFoundAction: 'Deny' };
    expect(told({ ...GOOD, paramRef })).toEqual([]);
  });

  it.each<[string, object | undefined, string[]]>([
    [
      'nothing at all',
      undefined,
      [
        'spec.policyName: Required value',
        'spec.validationActions: Required value: at least one validation action is required',
      ],
    ],
    [
      'parameters by name and by labels',
      { ...GOOD, paramRef: { name: 'a/b', selector: {}, parameterNotFoundAction: 'X' } },
      [
        `spec.paramRef.name: Invalid value: "a/b": may not contain '/'`,
        `spec.paramRef.name: ${EXCLUSIVE}`,
        `spec.paramRef.selector: ${EXCLUSIVE}`,
        'spec.paramRef.parameterNotFoundAction: Unsupported value: "X": supported values: "Deny", "Allow"',
      ],
    ],
    [
      'parameters by nothing',
      { ...GOOD, paramRef: {} },
      [
        'spec.paramRef: Required value: one of name or selector must be specified',
        'spec.paramRef.parameterNotFoundAction: Required value',
      ],
    ],
    [
      'actions that are unknown, come twice or say the same',
      { ...GOOD, validationActions: ['Deny', 'Warn', 'Deny', 'Foo'] },
      [
        'spec.validationActions[2]: Duplicate value: "Deny"',
        'spec.validationActions[3]: Unsupported value: "Foo": supported values: "Audit", "Deny", "Warn"',
        'spec.validationActions: Invalid value: ["Deny","Warn","Deny","Foo"]: must not contain both Deny and Warn (repeating the same validation failure information in the API response and headers serves no purpose)',
      ],
    ],
  ])('refuses %s', (_what, spec, errors) => {
    expect(told(spec)).toEqual(errors);
  });
});

describe('validateMutatingBinding', () => {
  it('needs a policy, and no actions', () => {
    expect(validateMutatingBinding(bindingOf({ policyName: 'p' }))).toEqual([]);
    expect(validateMutatingBinding(bindingOf(undefined)).map((one) => one.field)).toEqual([
      'spec.policyName',
    ]);
  });

  it('is not for deletes, of which nothing can be changed', () => {
    const rule = { apiGroups: [''], apiVersions: ['v1'], resources: ['pods/exec'] };
    const selectors = { namespaceSelector: {}, objectSelector: {}, matchPolicy: 'Equivalent' };
    const matchResources = {
      ...selectors,
      resourceRules: [{ ...rule, operations: ['DELETE'] }],
    };
    const errors = validateMutatingBinding(bindingOf({ policyName: 'p', matchResources }));
    expect(errors.map((one) => one.field)).toEqual([
      'spec.matchResources.resourceRules.operations',
    ]);
  });
});
