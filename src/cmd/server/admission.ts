import { newOwnerReferences } from '../../admission/owner-references/owner-references.ts';
import { newPodSecurity } from '../../admission/pod-security/pod-security.ts';
import { NAMESPACES, PODS } from '../../apis/resource-types.ts';
import type { ApiServer } from '../../apiserver/api-server.ts';
import type { Admission, Authorizer } from '../../apiserver/contracts.ts';
import type { Client } from '../../client/client.ts';

/** AdmissionParts is what the plugins need together; `server` is asked from the first request on. */
export interface AdmissionParts {
  readonly client: Client;
  readonly authorizer: Authorizer;
  server(): Pick<ApiServer, 'cache' | 'definitions'>;
}

/** admissionPlugins are the plugins that the platform runs, in the order of kube-apiserver. */
export function admissionPlugins({ authorizer, server }: AdmissionParts): Admission[] {
  return [
    newPodSecurity({
      namespace: (name) => server().cache.get(NAMESPACES, '', name),
      pods: (namespace) => server().cache.list(PODS, namespace),
    }),
    newOwnerReferences({
      authorizer,
      resourcesOf: (group, version, kind) =>
        server()
          .definitions()
          .map((one) => one.type)
          .filter((one) => one.group === group && one.version === version && one.kind === kind),
    }),
  ];
}
