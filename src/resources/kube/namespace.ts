import { NAMESPACE_COLUMNS } from '../../apis/core/v1/columns.ts';
import { defaultNamespace } from '../../apis/core/v1/defaults.ts';
import {
  validateNamespace,
  validateNamespaceFinalize,
  validateNamespaceStatus,
} from '../../apis/core/v1/namespace-validation.ts';
import type { Namespace } from '../../apis/core/v1/types.ts';
import { NAMESPACES } from '../../apis/resource-types.ts';
import type { ResourceDefinition } from '../../apiserver/resource-definition.ts';

const FINALIZER = 'kubernetes';

/** namespaceDefinition declares namespaces; one goes when its spec.finalizers are empty. */
export const namespaceDefinition: ResourceDefinition<Namespace> = {
  type: NAMESPACES,
  definition: 'io.k8s.api.core.v1.Namespace',
  shortNames: ['ns'],
  columns: NAMESPACE_COLUMNS,
  strategy: {
    hasStatus: true,
    nameRule: 'label',
    returnsDeletedObject: true,
    noDeleteCollection: true,
    statusChangesMetadata: true,
    subresourceResetFields: { finalize: ['status'] },
    defaults: defaultNamespace,
    prepareForCreate(draft) {
      draft.status = { phase: 'Active' };
      const finalizers = draft.spec?.finalizers ?? [];
      draft.spec = {
        finalizers: finalizers.includes(FINALIZER) ? finalizers : [...finalizers, FINALIZER],
      };
      defaultNamespace(draft);
    },
    prepareForUpdate(draft, old) {
      if (old.spec === undefined) delete draft.spec;
      else draft.spec = structuredClone(old.spec);
    },
    prepareForDelete(draft) {
      delete draft.metadata.deletionGracePeriodSeconds;
      draft.status = { ...draft.status, phase: 'Terminating' };
    },
    holdsDeletion: (namespace) => (namespace.spec?.finalizers ?? []).length > 0,
    validateCreate: validateNamespace,
    validateStatusUpdate: validateNamespaceStatus,
    selectableFields: (namespace) => ({
      name: namespace.metadata.name ?? '',
      'status.phase': namespace.status?.phase ?? '',
    }),
  },
  subresources: {
    status: { kind: 'status' },
    finalize: {
      kind: 'update',
      putOnly: true,
      validateUpdate: validateNamespaceFinalize,
      prepareForUpdate(draft, old) {
        if (old.status === undefined) delete draft.status;
        else draft.status = structuredClone(old.status);
        draft.spec ??= {};
      },
    },
  },
};
