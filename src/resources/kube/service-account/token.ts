import { randomUUID } from 'node:crypto';
import type {
  BoundObjectReference,
  TokenRequest,
} from '../../../apis/authentication.k8s.io/v1/types.ts';
import type { Pod } from '../../../apis/core/v1/types.ts';
import { NODES, PODS, SECRETS, SERVICE_ACCOUNTS } from '../../../apis/resource-types.ts';
import type { RequestContext } from '../../../apiserver/resource-definition.ts';
import { invalid } from '../../../machinery/field-error.ts';
import type { KubeObject, ResourceType } from '../../../machinery/object.ts';
import {
  isNotFound,
  newBadRequest,
  newConflict,
  newInvalid,
} from '../../../machinery/status-error.ts';
import type { KubeDeps } from '../deps.ts';

const TOKEN_REQUEST = { group: 'authentication.k8s.io', kind: 'TokenRequest' };
const MIN_SECONDS = 600;
const MAX_SECONDS = 2 ** 32;
const DEFAULT_SECONDS = 3600;

function checkedSeconds(seconds: number): number {
  const path = 'spec.expirationSeconds';
  if (seconds < MIN_SECONDS) {
    const detail = 'may not specify a duration less than 10 minutes';
    throw newInvalid(TOKEN_REQUEST, '', [invalid(path, seconds, detail)]);
  }
  if (seconds > MAX_SECONDS) {
    const detail = 'may not specify a duration larger than 2^32 seconds';
    throw newInvalid(TOKEN_REQUEST, '', [invalid(path, seconds, detail)]);
  }
  return seconds;
}

/** Prints an apiVersion as Go prints a GroupVersion: `/v1` for the core group. */
function groupVersionText(apiVersion = ''): string {
  return apiVersion.includes('/') ? apiVersion : `/${apiVersion}`;
}

const BOUND_TYPES: Readonly<Record<string, ResourceType>> = {
  Pod: PODS,
  Secret: SECRETS,
  Node: NODES,
};

interface Bound {
  readonly kind: 'Pod' | 'Secret' | 'Node';
  readonly name: string;
  readonly uid: string;
  readonly node?: { readonly name: string; readonly uid: string };
}

/** A pod's tokens are for its own account, and name its node. */
async function podBinding(deps: KubeDeps, pod: Pod, account: string) {
  const { serviceAccountName = '', nodeName = '' } = pod.spec ?? {};
  if (serviceAccountName !== account) {
    throw newBadRequest(
      `cannot bind token for serviceaccount ${JSON.stringify(account)} to pod running with different serviceaccount name.`,
    );
  }
  if (nodeName === '') return {};
  try {
    const node = await deps.client.get(NODES, { name: nodeName });
    return { node: { name: nodeName, uid: node.metadata.uid ?? '' } };
  } catch (error) {
    if (isNotFound(error)) return {};
    throw error;
  }
}

/** Finds the object with which a token shall end, and checks that it is the one that was meant. */
async function boundObject(
  deps: KubeDeps,
  reference: BoundObjectReference,
  { namespace, account }: { readonly namespace: string; readonly account: string },
): Promise<Bound> {
  const { kind = '', name = '', uid = '', apiVersion } = reference;
  const type = BOUND_TYPES[kind];
  // Upstream looks at the group only.
  if (type === undefined || apiVersion?.includes('/'))
    throw newBadRequest(
      `cannot bind token to object of type ${groupVersionText(apiVersion)}, Kind=${kind}`,
    );
  if (name === '') throw newBadRequest('Name parameter required.');
  const found: KubeObject = await deps.client.get(
    type,
    type.namespaced ? { namespace, name } : { name },
  );
  const more = kind === 'Pod' ? await podBinding(deps, found as Pod, account) : {};
  const actual = found.metadata.uid ?? '';
  if (uid !== '' && uid !== actual) {
    throw newConflict(
      { group: '', resource: kind },
      name,
      `the UID in the bound object reference (${uid}) does not match the UID in record. The object might have been deleted and then recreated`,
    );
  }
  return { kind: kind as Bound['kind'], name, uid: actual, ...more };
}

function checkMetadata({ metadata }: TokenRequest, name: string, namespace: string): void {
  const errors = [];
  if ((metadata?.name ?? name) !== name) {
    const detail = 'must match the service account name if specified';
    errors.push(invalid('metadata.name', metadata?.name, detail));
  }
  if ((metadata?.namespace ?? namespace) !== namespace) {
    const detail = 'must match the service account namespace if specified';
    errors.push(invalid('metadata.namespace', metadata?.namespace, detail));
  }
  if (errors.length > 0) throw newInvalid(TOKEN_REQUEST, name, errors);
}

/** newTokenHandler serves `serviceaccounts/token`: it signs a token for the account. */
export function newTokenHandler(deps: KubeDeps) {
  return async (name: string, input: KubeObject, context: RequestContext): Promise<KubeObject> => {
    const request = input as TokenRequest;
    const { namespace } = context;
    const account = await deps.client.get(SERVICE_ACCOUNTS, { namespace, name });
    checkMetadata(request, name, namespace);
    const {
      audiences = [],
      boundObjectRef,
      expirationSeconds = DEFAULT_SECONDS,
    } = request.spec ?? {};
    const seconds = checkedSeconds(expirationSeconds);
    const bound =
      boundObjectRef === undefined
        ? undefined
        : await boundObject(deps, boundObjectRef, { namespace, account: name });
    const subject = { namespace, name, uid: account.metadata.uid ?? '' };
    const issued = await deps.tokens.issue(subject, {
      audiences,
      expirationSeconds: seconds,
      ...(bound === undefined ? {} : { boundObjectRef: bound }),
    });
    return {
      apiVersion: 'authentication.k8s.io/v1',
      kind: 'TokenRequest',
      metadata: {
        name,
        namespace,
        uid: randomUUID(),
        creationTimestamp: context.now.toISOString().replace(/\.\d+/, ''),
      },
      spec: {
        audiences: audiences.length > 0 ? audiences : ['https://kubernetes.default.svc'],
        expirationSeconds: seconds,
        boundObjectRef: boundObjectRef ?? null,
      },
      status: { token: issued.token, expirationTimestamp: issued.expirationTimestamp ?? null },
    } as KubeObject;
  };
}
