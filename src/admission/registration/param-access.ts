import type {
  MutatingAdmissionPolicy,
  MutatingAdmissionPolicyBinding,
  ParamKind,
  ValidatingAdmissionPolicy,
  ValidatingAdmissionPolicyBinding,
} from '../../apis/admissionregistration.k8s.io/v1/types.ts';
import {
  MUTATING_ADMISSION_POLICIES,
  MUTATING_ADMISSION_POLICY_BINDINGS,
  VALIDATING_ADMISSION_POLICIES,
  VALIDATING_ADMISSION_POLICY_BINDINGS,
} from '../../apis/resource-types.ts';
import type { Admission, AdmissionRequest, Authorizer } from '../../apiserver/contracts.ts';
import type { UserInfo } from '../../apiserver/resource-definition.ts';
import { deepEqual } from '../../machinery/deep-equal.ts';
import { forbidden } from '../../machinery/field-error.ts';
import { apiVersionOf, type ResourceType } from '../../machinery/object.ts';
import { newInvalid } from '../../machinery/status-error.ts';

type Policy = ValidatingAdmissionPolicy | MutatingAdmissionPolicy;
type Binding = ValidatingAdmissionPolicyBinding | MutatingAdmissionPolicyBinding;

/** ParamAccessParts is what is asked about parameters and who may read them. */
export interface ParamAccessParts {
  readonly authorizer: Authorizer;
  /** All types that are served now. */
  types(): readonly ResourceType[];
  validatingPolicy(name: string): ValidatingAdmissionPolicy | undefined;
  mutatingPolicy(name: string): MutatingAdmissionPolicy | undefined;
}

/** What somebody must be allowed; what is not known is asked for all of its kind. */
interface Place {
  readonly group: string;
  readonly version: string;
  readonly resource: string;
}

const ANYWHERE: Place = { group: '*', version: '*', resource: '*' };
const MASTERS = 'system:masters';

function parsedVersion(apiVersion: string): Pick<Place, 'group' | 'version'> | undefined {
  const parts = apiVersion.split('/');
  if (parts.length > 2) return undefined;
  const [first = '', second] = parts;
  return second === undefined ? { group: '', version: first } : { group: first, version: second };
}

/** Go's text of a user. */
function userText({ name, uid = '', groups, extra = {} }: UserInfo): string {
  const entries = Object.entries(extra)
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([key, values]) => `${key}:[${values.join(' ')}]`);
  return `&{${name} ${uid} [${groups.join(' ')}] map[${entries.join(' ')}]}`;
}

function placeOf({ apiVersion = '', kind }: ParamKind, types: readonly ResourceType[]): Place {
  const parsed = parsedVersion(apiVersion);
  if (!parsed) return ANYWHERE;
  const type = types.find((one) => one.kind === kind && apiVersionOf(one) === apiVersion);
  return { ...parsed, resource: type?.resource ?? '*' };
}

/** Checks that who writes a policy or binding may read the parameters itself. */
class ParamAccess {
  readonly #parts: ParamAccessParts;

  constructor(parts: ParamAccessParts) {
    this.#parts = parts;
  }

  async #may(
    { user }: AdmissionRequest['context'],
    verb: string,
    about: Place & { readonly name: string; readonly namespace: string },
  ) {
    return this.#parts.authorizer.authorize({ user, verb, subresource: '', ...about });
  }

  /** Answers why a policy with these parameters may not be written. */
  async policy({ object, old, context }: AdmissionRequest): Promise<string | undefined> {
    const kind = (object as Policy).spec?.paramKind;
    if (!kind || deepEqual(kind, (old as Policy | undefined)?.spec?.paramKind)) return undefined;
    const place = placeOf(kind, this.#parts.types());
    const decision = await this.#may(context, 'get', { ...place, name: '*', namespace: '*' });
    if (decision.allowed) return undefined;
    if (decision.error !== undefined) return decision.error;
    return `user ${userText(context.user)} must have "get" permission on all objects of the referenced paramKind (kind=${kind.kind}, apiVersion=${kind.apiVersion})`;
  }

  /** Answers why a binding to these parameters may not be written. */
  async binding(request: AdmissionRequest): Promise<string | undefined> {
    const { object, old, context, type } = request;
    const { spec } = object as Binding;
    const before = (old as Binding | undefined)?.spec;
    const ref = spec?.paramRef;
    const policyName = spec?.policyName ?? '';
    // Upstream compares selectors by where they are in memory: they are never the same ones.
    const isSame = before?.policyName === policyName && deepEqual(before.paramRef, ref);
    if (!ref || (isSame && !ref.selector)) return undefined;
    const isMutating = type.resource === MUTATING_ADMISSION_POLICY_BINDINGS.resource;
    const policy = isMutating
      ? this.#parts.mutatingPolicy(policyName)
      : this.#parts.validatingPolicy(policyName);
    const kind = policy?.spec?.paramKind;
    const verb = ref.name ? 'get' : 'list';
    const place = kind ? placeOf(kind, this.#parts.types()) : ANYWHERE;
    const { name = '', namespace = '' } = ref;
    const decision = await this.#may(context, verb, { ...place, name, namespace });
    if (decision.allowed) return undefined;
    const who = userText(context.user);
    if (decision.error !== undefined) {
      return isMutating ? decision.error : `failed to authorize request: ${decision.error}`;
    }
    const lacks = `to determine minimum required permissions and user ${who} does not have "${verb}" permission for all groups, versions and resources`;
    if (!policy) return `unable to get policy ${policyName} ${lacks}`;
    const shown = `&{${kind?.apiVersion} ${kind?.kind}}`;
    if (kind && place === ANYWHERE) return `unable to parse paramKind ${shown} ${lacks}`;
    if (kind && place.resource === '*') return `unable to resolve paramKind ${shown} ${lacks}`;
    // Upstream has the two the other way round here.
    const [subject, permission] = isMutating ? [verb, who] : [who, verb];
    return `user ${subject} does not have "${permission}" permission on the object referenced by paramRef`;
  }
}

const POLICIES = new Set(
  [VALIDATING_ADMISSION_POLICIES, MUTATING_ADMISSION_POLICIES].map(({ resource }) => resource),
);
const BINDINGS = new Set(
  [VALIDATING_ADMISSION_POLICY_BINDINGS, MUTATING_ADMISSION_POLICY_BINDINGS].map(
    ({ resource }) => resource,
  ),
);

/**
 * newParamAccess keeps people from reading, through an admission policy, parameters that they may
 * not read themselves (upstream's checks of paramKind and paramRef). It must be the first to
 * validate.
 */
export function newParamAccess(parts: ParamAccessParts): Admission {
  const access = new ParamAccess(parts);
  const refuse = (request: AdmissionRequest, field: string, text: string | undefined) => {
    if (text === undefined) return;
    const { name = '' } = request.object?.metadata ?? {};
    throw newInvalid(request.type, name, [forbidden(field, text)]);
  };
  return {
    operations: ['CREATE', 'UPDATE'],
    async validate(request) {
      const { type, subresource, context } = request;
      if (type.group !== VALIDATING_ADMISSION_POLICIES.group || subresource !== '') return;
      if (context.user.groups.includes(MASTERS)) return;
      if (POLICIES.has(type.resource)) {
        refuse(request, 'spec.paramKind', await access.policy(request));
      } else if (BINDINGS.has(type.resource)) {
        refuse(request, 'spec.paramRef', await access.binding(request));
      }
    },
  };
}
