import type {
  SelfSubjectReview,
  TokenReview,
} from '../../../apis/authentication.k8s.io/v1/types.ts';
import type {
  ResourceAttributes,
  SelfSubjectAccessReview,
  SubjectAccessReview,
} from '../../../apis/authorization.k8s.io/v1/types.ts';
import type { AuthorizationAttributes } from '../../../apiserver/contracts.ts';
import type {
  RequestContext,
  ResourceDefinition,
  ResourceStorage,
  UserInfo,
} from '../../../apiserver/resource-definition.ts';
import { required } from '../../../machinery/field-error.ts';
import type { KubeObject, ResourceType } from '../../../machinery/object.ts';
import { newInvalid } from '../../../machinery/status-error.ts';

/** AccessDeps are the authorizer and the token check that reviews ask. */
export interface AccessDeps {
  authorize(
    question: AuthorizationAttributes,
  ): Promise<{ allowed: boolean; reason?: string }> | { allowed: boolean; reason?: string };
  authenticateToken(token: string): Promise<UserInfo | undefined>;
}

interface AccessSpec {
  readonly resourceAttributes?: ResourceAttributes;
  readonly nonResourceAttributes?: { path?: string; verb?: string };
}

const AUTHORIZATION = 'authorization.k8s.io';
const AUTHENTICATION = 'authentication.k8s.io';

function questionOf(kind: string, user: UserInfo, spec: AccessSpec): AuthorizationAttributes {
  const { resourceAttributes: resource, nonResourceAttributes: path } = spec;
  const base = {
    user,
    group: '',
    version: '',
    resource: '',
    subresource: '',
    name: '',
    namespace: '',
  };
  if (path) return { ...base, verb: path.verb ?? '', path: path.path ?? '' };
  if (!resource) {
    throw newInvalid({ group: AUTHORIZATION, kind }, '', [
      required(
        'spec.resourceAttributes',
        'exactly one of nonResourceAttributes or resourceAttributes must be specified',
      ),
    ]);
  }
  return {
    ...base,
    verb: resource.verb ?? '',
    group: resource.group ?? '',
    version: resource.version ?? '',
    resource: resource.resource ?? '',
    subresource: resource.subresource ?? '',
    name: resource.name ?? '',
    namespace: resource.namespace ?? '',
  };
}

function extraOf(user: UserInfo): Record<string, string[]> {
  return Object.fromEntries(
    Object.entries(user.extra ?? {}).map(([key, list]) => [key, [...list]]),
  );
}

function userInfoOf(user: UserInfo) {
  return {
    username: user.name,
    ...(user.uid && { uid: user.uid }),
    groups: [...user.groups],
    ...(user.extra && { extra: extraOf(user) }),
  };
}

type CreateOnly<T extends KubeObject> = (object: T, context: RequestContext) => Promise<T>;

function definitionOf<T extends KubeObject>(
  names: { group: string; kind: string; namespaced?: boolean },
  create: CreateOnly<T>,
): ResourceDefinition {
  const type: ResourceType<T> = {
    group: names.group,
    version: 'v1',
    resource: `${names.kind.toLowerCase()}s`,
    kind: names.kind,
    namespaced: names.namespaced ?? false,
  };
  const storage: ResourceStorage<T> = { create };
  const room = names.group.split('.')[0];
  return {
    type: type as unknown as ResourceType,
    definition: `io.k8s.api.${room}.v1.${names.kind}`,
    storage: storage as unknown as ResourceStorage<KubeObject>,
  };
}

/**
 * accessDefinitions declares the reviews of authorization.k8s.io and authentication.k8s.io: what
 * may I, what may somebody, who am I, whose token is this. They answer and store nothing.
 */
export function accessDefinitions(deps: AccessDeps): ResourceDefinition[] {
  const decide = async <T extends { spec: AccessSpec }>(
    kind: string,
    review: T,
    user: UserInfo,
  ) => {
    const { allowed, reason } = await deps.authorize(questionOf(kind, user, review.spec));
    return { ...review, status: { allowed, ...(reason && { reason }) } };
  };
  const subject = (kind: string) => (review: SubjectAccessReview) => {
    const { user = '', groups = [], uid, extra } = review.spec;
    return decide(kind, review, {
      name: user,
      groups,
      ...(uid && { uid }),
      ...(extra && { extra }),
    });
  };
  return [
    definitionOf<SelfSubjectAccessReview>(
      { group: AUTHORIZATION, kind: 'SelfSubjectAccessReview' },
      (review, { user }) => decide('SelfSubjectAccessReview', review, user),
    ),
    definitionOf<SubjectAccessReview>(
      { group: AUTHORIZATION, kind: 'SubjectAccessReview' },
      subject('SubjectAccessReview'),
    ),
    definitionOf<SubjectAccessReview>(
      { group: AUTHORIZATION, kind: 'LocalSubjectAccessReview', namespaced: true },
      subject('LocalSubjectAccessReview'),
    ),
    definitionOf<SelfSubjectReview>(
      { group: AUTHENTICATION, kind: 'SelfSubjectReview' },
      async (review, { user }) => ({ ...review, status: { userInfo: userInfoOf(user) } }),
    ),
    definitionOf<TokenReview>({ group: AUTHENTICATION, kind: 'TokenReview' }, async (review) => {
      const user = await deps.authenticateToken(review.spec.token ?? '');
      const status = user
        ? { authenticated: true, user: userInfoOf(user) }
        : { authenticated: false, error: 'invalid bearer token' };
      return { ...review, status };
    }),
  ];
}
