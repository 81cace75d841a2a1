import type { Eviction } from '../../../apis/policy/v1/types.ts';
import { PODS } from '../../../apis/resource-types.ts';
import type { RequestContext } from '../../../apiserver/resource-definition.ts';
import type { KubeObject } from '../../../machinery/object.ts';
import { newBadRequest } from '../../../machinery/status-error.ts';
import type { KubeDeps } from '../deps.ts';
import { success } from './pod-binding.ts';

/** newEvictionHandler serves `pods/eviction`: it deletes the pod with the options that came along. */
export function newEvictionHandler(deps: KubeDeps) {
  return async (name: string, input: KubeObject, context: RequestContext): Promise<KubeObject> => {
    const eviction = input as Eviction;
    const named = eviction.metadata?.name ?? '';
    if (named !== '' && named !== name)
      throw newBadRequest('name in URL does not match name in Eviction object');
    const options = eviction.deleteOptions ?? {};
    const dryRun = context.dryRun ? { dryRun: ['All'] } : {};
    await deps.client.delete(
      PODS,
      { namespace: context.namespace, name },
      { ...options, ...dryRun },
    );
    return success();
  };
}
