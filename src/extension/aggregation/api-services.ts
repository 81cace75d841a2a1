import type {
  APIService,
  APIServiceCondition,
} from '../../apis/apiregistration.k8s.io/v1/types.ts';
import type { ResourceType } from '../../machinery/object.ts';

/** API_SERVICES is the resource that says which server serves which group version. */
export const API_SERVICES: ResourceType<APIService> = {
  group: 'apiregistration.k8s.io',
  version: 'v1',
  resource: 'apiservices',
  kind: 'APIService',
  namespaced: false,
};

/** availabilityOf answers the condition Available. */
export function availabilityOf({ status }: APIService): APIServiceCondition | undefined {
  return status?.conditions?.find((one) => one.type === 'Available');
}

/** localCondition is how a group version that this server serves itself is available. */
export function localCondition(lastTransitionTime: string): APIServiceCondition {
  return {
    type: 'Available',
    status: 'True',
    lastTransitionTime,
    reason: 'Local',
    message: 'Local APIServices are always available',
  };
}
