import { registrationDefinitions } from '../../admission/registration/definitions.ts';
import type { ResourceDefinition } from '../../apiserver/resource-definition.ts';
import type { Client } from '../../client/client.ts';
import { extensionResources } from '../../extension/extension-resources.ts';
import type { MetricRegistry } from '../../machinery/metrics/metric-registry.ts';
import { accessDefinitions } from '../../resources/kube/access/index.ts';
import { kubeDefinitions, type NodeConnector } from '../../resources/kube/index.ts';
import { buildDefinitions } from '../../resources/openshift/build/index.ts';
import { deploymentConfigDefinitions } from '../../resources/openshift/deployment-config/index.ts';
import type { LocalImage } from '../../resources/openshift/image/import/local-image.ts';
import { imageDefinitions } from '../../resources/openshift/image/index.ts';
import { projectDefinitions } from '../../resources/openshift/project/index.ts';
import { routeDefinitions } from '../../resources/openshift/route/index.ts';
import { userDefinitions } from '../../resources/openshift/user/index.ts';
import type { Access } from './access.ts';
import type { ImageSettings } from './image-settings.ts';

/** DefinitionParts is what the resources of all rooms need together. */
export interface DefinitionParts {
  readonly client: Client;
  readonly access: Access;
  readonly nodes: NodeConnector;
  readonly images: ImageSettings;
  /** Where the numbers of services are counted. */
  readonly metrics?: MetricRegistry;
  /** Answers an image that the container engine has. */
  localImages(reference: string): Promise<LocalImage | undefined>;
}

/** allDefinitions are all resources that the platform serves. */
export function allDefinitions(parts: DefinitionParts): ResourceDefinition[] {
  const { client, access, nodes } = parts;
  return [
    ...kubeDefinitions({
      client,
      tokens: access.tokens,
      nodes,
      authorizer: access.authorizer,
      heldRules: access.heldRules,
      ...(parts.metrics && { metrics: parts.metrics }),
    }),
    ...accessDefinitions({
      authorize: (question) => access.authorizer.authorize(question),
      heldRules: access.allRules,
      reviewToken: access.reviewToken,
    }),
    ...extensionResources(),
    ...registrationDefinitions(),
    ...projectDefinitions({ client, maySee: access.maySee }),
    ...userDefinitions(),
    ...deploymentConfigDefinitions({ client }),
    ...imageDefinitions({
      client,
      ...parts.images,
      canPull: (user, namespace, name) => access.canAccessImages(user, 'get', namespace, name),
      localImages: parts.localImages,
    }),
    ...buildDefinitions({ client }),
    ...routeDefinitions({}),
  ];
}
