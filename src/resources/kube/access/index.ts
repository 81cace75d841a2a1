import type {
  SelfSubjectReview,
  TokenReview,
  TokenReviewStatus,
} from '../../../apis/authentication.k8s.io/v1/types.ts';
import type {
  SelfSubjectAccessReview,
  SelfSubjectRulesReview,
  SubjectAccessReview,
} from '../../../apis/authorization.k8s.io/v1/types.ts';
import type { HeldRules } from '../../../apiserver/access/rbac.ts';
import type { TokenVerdict } from '../../../apiserver/access/token-outcome.ts';
import type { Authorizer } from '../../../apiserver/contracts.ts';
import type {
  RequestContext,
  ResourceDefinition,
  ResourceStorage,
  UserInfo,
} from '../../../apiserver/resource-definition.ts';
import type { FieldError } from '../../../machinery/field-error.ts';
import type { KubeObject, ResourceType } from '../../../machinery/object.ts';
import { newBadRequest, newInvalid } from '../../../machinery/status-error.ts';
import { timestampOf } from '../../../machinery/timestamp.ts';
import {
  type AccessSpec,
  evaluationErrorOf,
  localErrors,
  metadataErrors,
  questionOf,
  specErrors,
} from './access-review.ts';

/** AccessDeps are the authorizer and the token check that reviews ask. */
export interface AccessDeps {
  authorize: Authorizer['authorize'];
  heldRules(user: UserInfo, namespace: string): HeldRules;
  /** An empty list of audiences stands for the API's own. */
  reviewToken(token: string, audiences: readonly string[]): Promise<TokenVerdict>;
}

const AUTHORIZATION = 'authorization.k8s.io';
const AUTHENTICATION = 'authentication.k8s.io';

function extraOf({ extra = {} }: UserInfo): Record<string, string[]> | undefined {
  const entries = Object.entries(extra).map(([key, list]): [string, string[]] => [key, [...list]]);
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}

function userInfoOf(user: UserInfo) {
  const extra = extraOf(user);
  return {
    username: user.name,
    ...(user.uid && { uid: user.uid }),
    groups: [...user.groups],
    ...(extra && { extra }),
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
  // As upstream, where the answer with rules is made anew.
  const tracksFields = names.kind !== 'SelfSubjectRulesReview';
  const storage: ResourceStorage<T> = { create, tracksFields };
  const room = names.group.split('.')[0];
  return {
    type: type as unknown as ResourceType,
    definition: `io.k8s.api.${room}.v1.${names.kind}`,
    storage: storage as unknown as ResourceStorage<KubeObject>,
  };
}

/** refuse throws a 422 that names no kind, as upstream's reviews do. */
function refuse(errors: readonly FieldError[]): void {
  if (errors.length > 0) throw newInvalid({ group: AUTHORIZATION, kind: '' }, '', errors);
}

function rulesStatus({ rules, errors }: HeldRules) {
  const ofResources = rules.filter((rule) => rule.nonResourceURLs === undefined);
  const ofPaths = rules.filter((rule) => rule.nonResourceURLs !== undefined);
  return {
    resourceRules: ofResources.map(({ verbs, apiGroups, resources, resourceNames }) => ({
      verbs,
      ...(apiGroups && { apiGroups }),
      ...(resources && { resources }),
      ...(resourceNames && { resourceNames }),
    })),
    nonResourceRules: ofPaths.map(({ verbs, nonResourceURLs }) => ({
      verbs,
      ...(nonResourceURLs && { nonResourceURLs }),
    })),
    incomplete: errors.length > 0,
    ...(errors.length > 0 && { evaluationError: errors.join(', ') }),
  };
}

function tokenStatus(verdict: TokenVerdict): TokenReviewStatus {
  if (!verdict.authenticated) return { user: {}, error: verdict.error };
  const { user, audiences } = verdict;
  return { authenticated: true, user: userInfoOf(user), audiences: [...audiences] };
}

function accessReviews(deps: AccessDeps): ResourceDefinition[] {
  const decide = async <T extends { spec: AccessSpec }>(review: T, user: UserInfo) => {
    const decision = await deps.authorize(questionOf(user, review.spec));
    const { allowed, denied, reason, error = '' } = decision;
    const ignored = evaluationErrorOf(review.spec);
    const evaluationError = [error, ignored].filter((one) => one !== '').join(', ');
    return {
      ...review,
      status: {
        allowed,
        ...(denied && { denied }),
        ...(reason && { reason }),
        ...(evaluationError !== '' && { evaluationError }),
      },
    };
  };
  const aboutSubject = (review: SubjectAccessReview) => {
    const { user: name = '', groups = [], uid, extra } = review.spec;
    return decide(review, { name, groups, ...(uid && { uid }), ...(extra && { extra }) });
  };
  return [
    definitionOf<SelfSubjectAccessReview>(
      { group: AUTHORIZATION, kind: 'SelfSubjectAccessReview' },
      async (review, { user }) => {
        refuse([...specErrors(review.spec), ...metadataErrors(review, false)]);
        return decide(review, user);
      },
    ),
    definitionOf<SubjectAccessReview>(
      { group: AUTHORIZATION, kind: 'SubjectAccessReview' },
      async (review) => {
        refuse([...specErrors(review.spec, review.spec), ...metadataErrors(review, false)]);
        return aboutSubject(review);
      },
    ),
    definitionOf<SubjectAccessReview>(
      { group: AUTHORIZATION, kind: 'LocalSubjectAccessReview', namespaced: true },
      async (review, { namespace }) => {
        const { spec } = review;
        refuse([
          ...specErrors(spec, spec),
          ...metadataErrors(review, true),
          ...localErrors(spec, namespace),
        ]);
        return aboutSubject(review);
      },
    ),
    definitionOf<SelfSubjectRulesReview>(
      { group: AUTHORIZATION, kind: 'SelfSubjectRulesReview' },
      async ({ spec, ...review }, { user }) => {
        const { namespace = '' } = spec;
        if (namespace === '') throw newBadRequest('no namespace on request');
        return { ...review, spec: {}, status: rulesStatus(deps.heldRules(user, namespace)) };
      },
    ),
  ];
}

/**
 * accessDefinitions declares the reviews of authorization.k8s.io and authentication.k8s.io: what
 * may I, what may somebody, who am I, whose token is this. They answer and store nothing.
 */
export function accessDefinitions(deps: AccessDeps): ResourceDefinition[] {
  return [
    ...accessReviews(deps),
    definitionOf<SelfSubjectReview>(
      { group: AUTHENTICATION, kind: 'SelfSubjectReview' },
      async ({ apiVersion, kind }, { user, now }) => ({
        apiVersion,
        kind,
        metadata: { creationTimestamp: timestampOf(now) },
        status: { userInfo: userInfoOf(user) },
      }),
    ),
    definitionOf<TokenReview>({ group: AUTHENTICATION, kind: 'TokenReview' }, async (review) => {
      const { token = '', audiences = [] } = review.spec;
      if (token === '') throw newBadRequest('token is required for TokenReview in authentication');
      return { ...review, status: tokenStatus(await deps.reviewToken(token, audiences)) };
    }),
  ];
}
