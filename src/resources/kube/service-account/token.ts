import type {
  BoundObjectReference,
  TokenRequest,
} from '../../../apis/authentication.k8s.io/v1/types.ts';
import { NODES, PODS, SECRETS, SERVICE_ACCOUNTS } from '../../../apis/resource-types.ts';
import type { RequestContext } from '../../../apiserver/resource-definition.ts';
import { invalid } from '../../../machinery/field-error.ts';
import type { KubeObject, ResourceType } from '../../../machinery/object.ts';
import { newBadRequest, newConflict, newInvalid } from '../../../machinery/status-error.ts';
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

const BOUND_TYPES: Readonly<Record<string, ResourceType>> = {
  Pod: PODS,
  Secret: SECRETS,
  Node: NODES,
};

interface Bound {
  readonly kind: 'Pod' | 'Secret' | 'Node';
  readonly name: string;
  readonly uid: string;
}

/** Finds the object with which a token shall end, and checks that it is the one that was meant. */
async function boundObject(
  deps: KubeDeps,
  reference: BoundObjectReference,
  namespace: string,
): Promise<Bound> {
  const { kind = '', name = '', uid = '', apiVersion } = reference;
  const type = BOUND_TYPES[kind];
  if (type === undefined || (apiVersion !== undefined && apiVersion !== 'v1'))
    throw newBadRequest(`cannot bind token for object of type ${apiVersion}, Kind=${kind}`);
  const found: KubeObject = await deps.client.get(
    type,
    type.namespaced ? { namespace, name } : { name },
  );
  const actual = found.metadata.uid ?? '';
  if (uid !== '' && uid !== actual) {
    throw newConflict(
      { group: '', resource: type.resource },
      name,
      `the UID in the bound object reference (${uid}) does not match the UID in record. The object might have been deleted and then recreated`,
    );
  }
  return { kind: kind as Bound['kind'], name, uid: actual };
}

/** newTokenHandler serves `serviceaccounts/token`: it signs a token for the account. */
export function newTokenHandler(deps: KubeDeps) {
  return async (name: string, input: KubeObject, context: RequestContext): Promise<KubeObject> => {
    const request = input as TokenRequest;
    const { namespace } = context;
    const account = await deps.client.get(SERVICE_ACCOUNTS, { namespace, name });
    const {
      audiences = [],
      boundObjectRef,
      expirationSeconds = DEFAULT_SECONDS,
    } = request.spec ?? {};
    const seconds = checkedSeconds(expirationSeconds);
    const bound =
      boundObjectRef === undefined ? undefined : await boundObject(deps, boundObjectRef, namespace);
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
