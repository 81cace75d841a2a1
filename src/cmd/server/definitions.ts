import type { ResourceDefinition } from '../../apiserver/resource-definition.ts';
import type { Client } from '../../client/client.ts';
import { accessDefinitions } from '../../resources/kube/access/index.ts';
import { kubeDefinitions, type NodeConnector } from '../../resources/kube/index.ts';
import { deploymentConfigDefinitions } from '../../resources/openshift/deployment-config/index.ts';
import { projectDefinitions } from '../../resources/openshift/project/index.ts';
import { userDefinitions } from '../../resources/openshift/user/index.ts';
import type { Access } from './access.ts';

/** DefinitionParts is what the resources of all rooms need together. */
export interface DefinitionParts {
  readonly client: Client;
  readonly access: Access;
  readonly nodes: NodeConnector;
}

/** allDefinitions are all resources that the platform serves. */
export function allDefinitions({ client, access, nodes }: DefinitionParts): ResourceDefinition[] {
  return [
    ...kubeDefinitions({ client, tokens: access.tokens, nodes }),
    ...accessDefinitions({
      authorize: (question) => access.authorizer.authorize(question),
      authenticateToken: access.authenticateToken,
    }),
    ...projectDefinitions({ client, maySee: access.maySee }),
    ...userDefinitions(),
    ...deploymentConfigDefinitions({ client }),
  ];
}
