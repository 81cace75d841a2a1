import type {
  DefinitionDeps,
  ResourceDefinition,
} from '../../../src/apiserver/resource-definition.ts';
import { kubeDefinitions } from '../../../src/resources/kube/index.ts';

/** testDefinitions are the Kubernetes resources of a server that has no nodes and whose tokens are none. */
export function testDefinitions(deps: DefinitionDeps): readonly ResourceDefinition[] {
  return kubeDefinitions({
    ...deps,
    tokens: { issue: async () => ({ token: 'token' }) },
    nodes: { connect: async () => undefined },
  });
}
