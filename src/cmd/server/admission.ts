import type { Admission, Authorizer } from '../../apiserver/contracts.ts';
import type { Client } from '../../client/client.ts';

/** AdmissionParts is what the plugins need together. */
export interface AdmissionParts {
  readonly client: Client;
  readonly authorizer: Authorizer;
}

/** admissionPlugins are the plugins that the platform runs, in the order of kube-apiserver. */
export function admissionPlugins(_parts: AdmissionParts): Admission[] {
  return [];
}
