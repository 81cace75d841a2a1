import type { CustomResourceDefinition } from '../apis/apiextensions.k8s.io/v1/types.ts';
import type { ApiServer } from '../apiserver/api-server.ts';
import type { ResourceDefinition } from '../apiserver/resource-definition.ts';
import type { Logger } from '../controller-kit/controller.ts';
import { deepEqual } from '../machinery/deep-equal.ts';
import type { ResourceType } from '../machinery/object.ts';
import { newFailure } from '../machinery/status-error.ts';
import type { Convert } from './custom-resource/conversion.ts';
import { customDefinitions, typeOf } from './custom-resource/custom-definitions.ts';
import type { RuleCheck } from './custom-resource/strategy.ts';
import type { Installer } from './definition/definition-controller.ts';
import { CUSTOM_RESOURCE_DEFINITIONS, isConditionTrue } from './definition/definition-parts.ts';
import type { JsonSchema } from './schema/json-schema.ts';

/** CustomResourcesDeps: `converter` makes the conversion between the versions of a definition. */
export interface CustomResourcesDeps {
  server(): ApiServer;
  readonly log: Logger;
  converter(definition: CustomResourceDefinition): Convert;
  rulesOf(schema: JsonSchema): RuleCheck | undefined;
}

/** Installed is what the served resources of a definition were made from. */
type Installed = Pick<CustomResourceDefinition, 'spec'> & { readonly names: unknown };

/** CustomResources serves the resources that CustomResourceDefinitions declare. */
export class CustomResources implements Installer {
  readonly #deps: CustomResourcesDeps;
  readonly #installed = new Map<string, Installed>();
  readonly #listeners = new Set<() => void>();

  constructor(deps: CustomResourcesDeps) {
    this.#deps = deps;
  }

  /** start serves what is established already; resolves when all of it is. */
  async start(): Promise<void> {
    const server = this.#deps.server();
    await server.ready();
    const definitions = server.cache
      .list(CUSTOM_RESOURCE_DEFINITIONS)
      .filter((one) => isConditionTrue(one, 'Established'));
    await Promise.all(definitions.map((one) => this.#tryInstall(one)));
  }

  /** onChange calls back each time that other resources are served than before; the answer ends that. */
  onChange(callback: () => void): () => void {
    this.#listeners.add(callback);
    return () => this.#listeners.delete(callback);
  }

  async install(definition: CustomResourceDefinition): Promise<void> {
    const { metadata, spec, status } = definition;
    const { name = '' } = metadata;
    const next: Installed = { spec, names: status?.acceptedNames };
    if (deepEqual(this.#installed.get(name), next)) return;
    const definitions = customDefinitions(definition, {
      convert: this.#deps.converter(definition),
      rulesOf: this.#deps.rulesOf,
      demandCreatable: () => this.#demandCreatable(name),
    });
    await this.#serve(name, definitions);
    this.#installed.set(name, next);
  }

  /** A definition whose objects cannot be read yet (a webhook is away) is left to the controller. */
  async #tryInstall(definition: CustomResourceDefinition): Promise<void> {
    try {
      await this.install(definition);
    } catch (error) {
      const { name } = definition.metadata;
      this.#deps.log.warn({ err: error, name }, 'custom resources cannot be served yet');
    }
  }

  async uninstall(name: string): Promise<void> {
    if (!this.#installed.delete(name)) return;
    await this.#serve(name, []);
  }

  async #serve(name: string, definitions: readonly ResourceDefinition[]): Promise<void> {
    await this.#deps.server().replaceDefinitions(ownerOf(name), definitions);
    for (const callback of this.#listeners) callback();
  }

  served(definition: CustomResourceDefinition): ResourceType | undefined {
    const version = definition.spec.versions.find((one) => one.served);
    return version && typeOf(definition, version.name);
  }

  #demandCreatable(name: string): void {
    const definition = this.#deps.server().cache.get(CUSTOM_RESOURCE_DEFINITIONS, '', name);
    if (!definition || definition.metadata.deletionTimestamp === undefined) return;
    const { group, names } = definition.spec;
    throw newFailure({
      message: 'create not allowed while custom resource definition is terminating',
      reason: 'MethodNotAllowed',
      details: { group, kind: names.plural },
      code: 405,
    });
  }
}

function ownerOf(name: string): string {
  return `customresourcedefinition/${name}`;
}
