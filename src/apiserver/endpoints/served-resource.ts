import { computedRest } from '../registry/computed-rest.ts';
import type { Registry } from '../registry/registry.ts';
import { storedResource } from '../registry/registry.ts';
import type { Rest } from '../registry/rest.ts';
import { storedRest } from '../registry/stored-rest.ts';
import { formOf, type ObjectForm } from '../request/decode-object.ts';
import type { ResourceDefinition } from '../resource-definition.ts';

/** ServedResource is a definition with what serves it. */
export interface ServedResource {
  readonly definition: ResourceDefinition;
  readonly form: ObjectForm;
  readonly rest: Rest;
}

/** serveDefinition binds a definition to the registry. */
export function serveDefinition(
  registry: Registry,
  definition: ResourceDefinition,
): ServedResource {
  const form = formOf(definition);
  const rest = definition.storage
    ? computedRest(registry, definition, definition.storage)
    : storedRest(storedResource(registry, definition));
  return { definition, form, rest };
}
