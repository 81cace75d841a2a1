import type {
  CustomResourceDefinition,
  CustomResourceDefinitionVersion,
} from '../../../src/apis/apiextensions.k8s.io/v1/types.ts';
import type { ResourceType } from '../../../src/machinery/object.ts';

/** plainDefinition declares a resource in one version, whose objects may have any fields. */
export function plainDefinition(
  { group, version, resource, kind }: ResourceType,
  more: Pick<CustomResourceDefinitionVersion, 'subresources'> = {},
): CustomResourceDefinition {
  const openAPIV3Schema = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${resource}.${group}` },
    spec: {
      group,
      scope: 'Namespaced',
      names: { plural: resource, kind },
      versions: [
        { name: version, served: true, storage: true, schema: { openAPIV3Schema }, ...more },
      ],
    },
  };
}
