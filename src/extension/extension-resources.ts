import type { ResourceDefinition } from '../apiserver/resource-definition.ts';
import { apiServiceResources } from './aggregation/api-service-resource.ts';
import { definitionResources } from './definition/definition-resource.ts';

/** extensionResources are the resources by which the API is extended. */
export function extensionResources(): ResourceDefinition[] {
  return [...definitionResources(), ...apiServiceResources()];
}
