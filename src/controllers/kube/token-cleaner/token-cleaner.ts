import type { Secret } from '../../../apis/core/v1/types.ts';
import { SECRETS } from '../../../apis/resource-types.ts';
import {
  type Controller,
  type ControllerDeps,
  source,
} from '../../../controller-kit/controller.ts';
import { objectKey } from '../../../machinery/object.ts';
import { isConflict, isNotFound } from '../../../machinery/status-error.ts';

const NAMESPACE = 'kube-system';
const TYPE = 'bootstrap.kubernetes.io/token';

/** endOf is when a token expires, in milliseconds since 1970; what cannot be read has expired. */
function endOf({ data }: Secret): number | undefined {
  const text = Buffer.from(data?.expiration ?? '', 'base64').toString('utf8');
  if (text === '') return undefined;
  const end = Date.parse(text);
  return Number.isNaN(end) ? 0 : end;
}

/**
 * newTokenCleaner removes bootstrap tokens that have expired (kube-controller-manager's
 * `token-cleaner`).
 */
export function newTokenCleaner({ client, informers, clock }: ControllerDeps): Controller {
  const secrets = informers.informer(SECRETS);
  return {
    name: 'token-cleaner',
    sources: [
      source(SECRETS, (one) =>
        one.type === TYPE && one.metadata.namespace === NAMESPACE ? [objectKey(one)] : [],
      ),
    ],
    reconcile: async (key) => {
      const secret = secrets.get(key);
      const end = secret && endOf(secret);
      if (!secret || end === undefined) return undefined;
      const left = end - clock.now().getTime();
      if (left > 0) return { requeueAfterMs: left };
      const { namespace, name = '', uid = '' } = secret.metadata;
      await client
        .delete(SECRETS, { namespace, name }, { preconditions: { uid } })
        .catch((error: unknown) => {
          if (!isNotFound(error) && !isConflict(error)) throw error;
        });
      return undefined;
    },
  };
}
