import type { PersistentVolume } from '../../apis/core/v1/types.ts';
import type {
  ClusterRoleBinding,
  PolicyRule,
} from '../../apis/rbac.authorization.k8s.io/v1/types.ts';
import {
  CLUSTER_ROLE_BINDINGS,
  CLUSTER_ROLES,
  NODES,
  PERSISTENT_VOLUMES,
  PODS,
  RESOURCE_SLICES,
  ROLE_BINDINGS,
  ROLES,
  SECRETS,
  SERVICE_ACCOUNTS,
} from '../../apis/resource-types.ts';
import { withAuthenticatedGroup } from '../../apiserver/access/authenticated-group.ts';
import { newAuthenticator } from '../../apiserver/access/authenticator.ts';
import { newAuthorizerChain } from '../../apiserver/access/authorizer-chain.ts';
import { userOfBootstrapToken } from '../../apiserver/access/bootstrap-token.ts';
import { newLegacyTokenTracker } from '../../apiserver/access/legacy-token-tracker.ts';
import { NodeAuthorizer } from '../../apiserver/access/node-authorizer.ts';
import { NodeReferences } from '../../apiserver/access/node-references.ts';
import {
  type AccessAttributes,
  type HeldRules,
  type RoleSource,
  rulesFor,
} from '../../apiserver/access/rbac.ts';
import { newRememberedRbac } from '../../apiserver/access/remembered-rbac.ts';
import {
  ISSUER,
  ServiceAccountTokens,
  type SigningKeys,
  type TokenLookups,
} from '../../apiserver/access/service-account-tokens.ts';
import {
  checkToken,
  forApiOnly,
  type TokenCheck,
  type TokenVerdict,
} from '../../apiserver/access/token-outcome.ts';
import type { CacheReader } from '../../apiserver/cache/cache-reader.ts';
import type { ApiLog, Authorizer } from '../../apiserver/contracts.ts';
import { TokenMetrics } from '../../apiserver/metrics/token-metrics.ts';
import type { UserInfo } from '../../apiserver/resource-definition.ts';
import type { Client } from '../../client/client.ts';
import type { MetricRegistry } from '../../machinery/metrics/metric-registry.ts';
import type { KubeObject, ResourceType } from '../../machinery/object.ts';
import { isNotFound } from '../../machinery/status-error.ts';
import type { Authorization } from './authorization.ts';
import type { Credentials } from './credentials.ts';

/** Access is how the API server and the registry find out who somebody is and what they may do. */
export interface Access {
  readonly tokens: ServiceAccountTokens;
  readonly authenticator: ReturnType<typeof newAuthenticator>;
  readonly authorizer: Authorizer;
  /** heldRules are the rules that a user has by roles in a namespace. */
  heldRules(user: UserInfo, namespace: string): HeldRules;
  /** allRules are those of all authorizers, as far as they can tell. */
  allRules(user: UserInfo, namespace: string): HeldRules;
  authenticateToken(token: string): Promise<UserInfo | undefined>;
  /** reviewToken also says for which audiences a token is good, or why it is not. */
  reviewToken(token: string, audiences: readonly string[]): Promise<TokenVerdict>;
  /** maySee tells whether a user may get a namespace, and so sees it as a project. */
  maySee(user: UserInfo, namespace: string): boolean;
  /** canAccessImages asks for a verb on `imagestreams/layers`. */
  canAccessImages(user: UserInfo, verb: string, namespace: string, name: string): boolean;
}

/** AccessDeps: `cache` is asked from the first request on, and `client` acts as system:masters. */
export interface AccessDeps {
  readonly client: Client;
  readonly cache: () => CacheReader;
  readonly signingKeys: SigningKeys;
  readonly log: ApiLog;
  readonly credentials: Credentials;
  readonly authorization: Authorization;
  /** True in a thread that may only read: it does not note the use of tokens. */
  readonly isFront: boolean;
  readonly metrics: MetricRegistry;
  now(): Date;
}

function roleSource(cache: () => CacheReader): RoleSource {
  let bindings: { revision: number; list: readonly ClusterRoleBinding[] } | undefined;
  return {
    clusterRole: (name) => cache().get(CLUSTER_ROLES, '', name),
    role: (namespace, name) => cache().get(ROLES, namespace, name),
    clusterRoleBindings() {
      const revision = cache().revision(CLUSTER_ROLE_BINDINGS);
      if (bindings?.revision !== revision)
        bindings = { revision, list: cache().list(CLUSTER_ROLE_BINDINGS) };
      return bindings.list;
    },
    roleBindings: (namespace) => cache().list(ROLE_BINDINGS, namespace),
  };
}

/** Whose changes change who may do what. */
const ROLE_TYPES = [ROLES, CLUSTER_ROLES, ROLE_BINDINGS, CLUSTER_ROLE_BINDINGS];

const BOUND = { pod: PODS, secret: SECRETS, node: NODES } as const;

function finder(client: Client) {
  return async <T extends KubeObject>(type: ResourceType<T>, namespace: string, name: string) => {
    try {
      return await client.get(type, type.namespaced ? { namespace, name } : { name });
    } catch (error) {
      if (isNotFound(error)) return undefined;
      throw error;
    }
  };
}

function tokenLookups({ client, now, log, isFront, metrics }: AccessDeps): TokenLookups {
  const find = finder(client);
  return {
    serviceAccount: (namespace, name) => find(SERVICE_ACCOUNTS, namespace, name),
    boundObject: (kind, namespace, name) => find<KubeObject>(BOUND[kind], namespace, name),
    metrics: new TokenMetrics(metrics),
    ...(!isFront && { legacyTokenUsed: newLegacyTokenTracker({ client, now, log }) }),
  };
}

const RESOURCE = { path: undefined };

/** nodeReferences begins to follow the pods when a node first asks: there may be many. */
function nodeReferences(cache: () => CacheReader) {
  const references = new NodeReferences();
  let caughtUp: (() => Promise<void> | undefined) | undefined;
  return () => {
    caughtUp ??= cache().follow(PODS, references);
    return caughtUp()?.then(() => references) ?? references;
  };
}

function boundClaim(volume: PersistentVolume | undefined) {
  const { namespace, name } = volume?.spec?.claimRef ?? {};
  return namespace && name ? { namespace, name } : undefined;
}

const EVERYTHING: readonly PolicyRule[] = [
  { verbs: ['*'], apiGroups: ['*'], resources: ['*'] },
  { verbs: ['*'], nonResourceURLs: ['*'] },
];

/** What the authorizers can tell of the rules of a user; those that cannot say so. */
function rulesOf(types: readonly string[], held: () => HeldRules): HeldRules {
  const found = types.map((type): HeldRules => {
    if (type === 'RBAC') return held();
    if (type === 'AlwaysAllow') return { rules: EVERYTHING, errors: [] };
    const error = 'webhook authorizer does not support user rule resolution';
    return { rules: [], errors: type === 'Webhook' ? [error] : [] };
  });
  return {
    rules: found.flatMap(({ rules }) => rules),
    errors: found.flatMap(({ errors }) => errors),
  };
}

/** tokenReview answers whose a token is, by all that know tokens. */
function tokenReview(deps: AccessDeps, tokens: ServiceAccountTokens): Access['reviewToken'] {
  const { credentials, now } = deps;
  const lookups = tokenLookups(deps);
  const find = finder(deps.client);
  const bootstrapSecret = (name: string) => find(SECRETS, 'kube-system', name);
  const checks: readonly TokenCheck[] = [
    ...credentials.tokens,
    (token, audiences) => tokens.authenticate(token, lookups, audiences),
    ...(credentials.bootstrapTokens
      ? [forApiOnly(ISSUER, (token) => userOfBootstrapToken(token, bootstrapSecret, now()))]
      : []),
    ...credentials.foreignTokens,
  ];
  return async (token, audiences) => {
    const wanted = audiences.length === 0 ? [ISSUER] : audiences;
    const verdict = await checkToken(checks, token, wanted);
    if (!verdict.authenticated) return verdict;
    return { ...verdict, user: withAuthenticatedGroup(verdict.user) };
  };
}

function nodeAuthorizer(cache: () => CacheReader): NodeAuthorizer {
  return new NodeAuthorizer({
    references: nodeReferences(cache),
    claimOf: (name) => boundClaim(cache().get(PERSISTENT_VOLUMES, '', name)),
    nodeOfSlice: (name) => cache().get(RESOURCE_SLICES, '', name)?.spec.nodeName,
  });
}

/** What roles alone allow: the questions of the platform's own parts. */
function roleQuestions(rbac: (attributes: AccessAttributes) => { readonly allowed: boolean }) {
  const allows = (attributes: Omit<AccessAttributes, 'path'>) =>
    rbac({ ...attributes, ...RESOURCE }).allowed;
  return {
    maySee: (user, namespace) =>
      allows({
        user,
        verb: 'get',
        group: '',
        resource: 'namespaces',
        subresource: '',
        name: namespace,
        namespace,
      }),
    canAccessImages: (user, verb, namespace, name) =>
      allows({
        user,
        verb,
        group: 'image.openshift.io',
        resource: 'imagestreams',
        subresource: 'layers',
        name,
        namespace,
      }),
  } satisfies Pick<Access, 'maySee' | 'canAccessImages'>;
}

/** newAccess wires tokens, certificates and roles together. */
export function newAccess(deps: AccessDeps): Access {
  const tokens = new ServiceAccountTokens(deps.signingKeys, deps.now);
  const reviewToken = tokenReview(deps, tokens);
  const authenticateToken = async (token: string) => {
    const verdict = await reviewToken(token, []);
    return verdict.authenticated ? verdict.user : undefined;
  };
  const roles = roleSource(deps.cache);
  const nodes = nodeAuthorizer(deps.cache);
  const rbac = newRememberedRbac(roles, () =>
    ROLE_TYPES.reduce((sum, type) => sum + deps.cache().revision(type), 0),
  );
  const links = deps.authorization.links({
    Node: (attributes) => nodes.authorize(attributes),
    RBAC: rbac,
  });
  const heldRules = (user: UserInfo, namespace: string) => rulesFor(roles, user, namespace);
  return {
    ...roleQuestions(rbac),
    tokens,
    authenticateToken,
    reviewToken,
    authenticator: newAuthenticator({
      ...deps.credentials.authenticators,
      userOfToken: authenticateToken,
      now: deps.now,
    }),
    authorizer: newAuthorizerChain(links, deps.authorization.metrics),
    heldRules,
    allRules: (user, namespace) =>
      rulesOf(
        links().map(({ type }) => type),
        () => heldRules(user, namespace),
      ),
  };
}
