import type { CustomResourceDefinition } from '../../apis/apiextensions.k8s.io/v1/types.ts';
import type { ResourceDefinition, Strategy } from '../../apiserver/resource-definition.ts';
import { timestampOf } from '../../machinery/timestamp.ts';
import { isKnownFormat } from '../schema/formats.ts';
import type { JsonSchema } from '../schema/json-schema.ts';
import { someSchema } from '../schema/walk.ts';
import {
  CLEANUP_FINALIZER,
  CUSTOM_RESOURCE_DEFINITIONS,
  schemaOfVersion,
  storageVersionOf,
  withCondition,
} from './definition-parts.ts';
import { readSchemas } from './schema-forms.ts';
import {
  definitionErrors,
  definitionNameErrors,
  definitionStatusErrors,
  definitionUpdateErrors,
} from './validation.ts';

type Definition = CustomResourceDefinition;

const strategy: Strategy<Definition> = {
  hasStatus: true,
  // As upstream, whose writers of the status change metadata without owning it.
  statusChangesMetadata: true,
  subresourceResetFields: { status: ['metadata'] },
  metadataOnUpdate: 'plainChanges',
  hasGeneration: true,
  allowUnconditionalUpdate: false,
  ratchets: true,
  plainFinalizers: true,
  defaults: fillDefaults,
  prepareForCreate(draft) {
    draft.status = {
      conditions: null as never,
      acceptedNames: { plural: '', kind: '' },
      storedVersions: [],
    };
    noteStorageVersion(draft);
  },
  prepareForUpdate: noteStorageVersion,
  nameErrors: definitionNameErrors,
  validate: definitionErrors,
  validateUpdate: definitionUpdateErrors,
  validateStatusUpdate: definitionStatusErrors,
  warnings: (definition, old, subresource) =>
    subresource === '' ? formatWarnings(definition, old) : [],
  // The first delete only marks: the finalizer that keeps the definition comes with the mark.
  holdsDeletion: ({ metadata }) => metadata.deletionTimestamp === undefined,
  prepareForDelete(draft, { now }) {
    const { metadata } = draft;
    delete metadata.deletionGracePeriodSeconds;
    if (metadata.finalizers?.includes(CLEANUP_FINALIZER)) return;
    metadata.finalizers = [...(metadata.finalizers ?? []), CLEANUP_FINALIZER];
    // Upstream marks the definition past its strategy: the mark is no new generation.
    metadata.generation = Math.max(1, (metadata.generation ?? 1) - 1);
    const condition = {
      type: 'Terminating',
      status: 'True',
      lastTransitionTime: timestampOf(now),
      reason: 'InstanceDeletionPending',
      message:
        'CustomResourceDefinition marked for deletion; CustomResource deletion will begin soon',
    };
    const conditions = withCondition(draft.status?.conditions ?? [], condition);
    draft.status = { ...draft.status, conditions };
  },
};

function fillDefaults(definition: Definition): void {
  readSchemas(definition);
  fillNames(definition);
  const { storedVersions = [] } = definition.status ?? {};
  if (storedVersions.length === 0) noteStorageVersion(definition);
}

function fillNames({ spec }: Definition): void {
  const { names } = spec;
  if (names) {
    names.singular ||= (names.kind ?? '').toLowerCase();
    if (names.kind) names.listKind ||= `${names.kind}List`;
    if (names.singular === '') delete names.singular;
  }
  spec.conversion ??= { strategy: 'None' };
  const service = spec.conversion.webhook?.clientConfig?.service;
  if (service) service.port ??= 443;
}

function noteStorageVersion(draft: Definition): void {
  const name = storageVersionOf(draft)?.name;
  const stored = draft.status?.storedVersions ?? [];
  if (name === undefined || stored.includes(name)) return;
  draft.status = { ...draft.status, storedVersions: [...stored, name] };
}

function formatWarnings(definition: Definition, old: Definition | undefined): string[] {
  const before = new Set(old ? unknownFormats(old) : []);
  return unknownFormats(definition)
    .filter((format) => !before.has(format))
    .map((format) => `unrecognized format ${JSON.stringify(format)}`);
}

function unknownFormats({ spec }: Definition): string[] {
  const found: string[] = [];
  const note = ({ type, format = '' }: JsonSchema) => {
    if (type === 'string' && format !== '' && !isKnownFormat(format)) found.push(format);
    return false;
  };
  for (const version of spec.versions ?? []) {
    const schema = schemaOfVersion(version);
    if (schema) someSchema(schema, note);
  }
  return found;
}

/** definitionResources are the resources by which others are declared. */
export function definitionResources(): ResourceDefinition[] {
  const definition: ResourceDefinition<Definition> = {
    type: CUSTOM_RESOURCE_DEFINITIONS,
    definition: 'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.CustomResourceDefinition',
    shortNames: ['crd', 'crds'],
    categories: ['api-extensions'],
    strategy,
    subresources: { status: { kind: 'status' } },
  };
  return [definition as unknown as ResourceDefinition];
}
