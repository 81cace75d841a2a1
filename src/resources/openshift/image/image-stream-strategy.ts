import { setImageStreamDefaults } from '../../../apis/image.openshift.io/v1/defaults.ts';
import { statusOf } from '../../../apis/image.openshift.io/v1/image-stream.ts';
import type { ImageStream } from '../../../apis/image.openshift.io/v1/types.ts';
import { validateImageStream } from '../../../apis/image.openshift.io/v1/validation.ts';
import type { RequestContext, Strategy } from '../../../apiserver/resource-definition.ts';
import type { FieldError } from '../../../machinery/field-error.ts';
import { newInvalid } from '../../../machinery/status-error.ts';
import { timestampOf } from '../../../machinery/timestamp.ts';
import type { ImageDeps } from './deps.ts';
import {
  advanceGenerations,
  dropEmptyHistories,
  observeGenerations,
  sortSpecTags,
  startGenerations,
} from './generations.ts';
import { internalWrite } from './internal-write.ts';
import { applySpecTags } from './spec-tags.ts';
import { findStream } from './stream-access.ts';

const KIND = { group: 'image.openshift.io', kind: 'ImageStream' };

function refuse(name: string, errors: readonly FieldError[]): void {
  if (errors.length === 0) return;
  const inner = newInvalid({ group: '', kind: 'imagestreams' }, name, errors);
  // openshift-apiserver wraps these errors once more; clients show its words.
  const body = `Internal error: ${inner.message}`;
  throw newInvalid(KIND, name, [{ type: 'InternalError', field: '[]', body }]);
}

/**
 * imageStreamStrategy follows openshift-apiserver's: a write of the spec moves the histories of the
 * tags at once. Status is restored here and not by the kit, because internal writes change both.
 */
export function imageStreamStrategy(deps: ImageDeps): Strategy<ImageStream> {
  function setRepositories(draft: ImageStream): void {
    const { namespace = '', name = '' } = draft.metadata;
    const status = statusOf(draft);
    status.dockerImageRepository = `${deps.internalRegistryHost}/${namespace}/${name}`;
    // No route exposes the registry.
    delete status.publicDockerImageRepository;
  }

  async function applyTags(
    draft: ImageStream,
    old: ImageStream | undefined,
    context: RequestContext,
  ): Promise<void> {
    const user = internalWrite()?.user ?? context.user;
    const errors = await applySpecTags(draft, old, {
      internalRegistryHost: deps.internalRegistryHost,
      created: timestampOf(context.now),
      getStream: (namespace, name) => findStream(deps.client, namespace, name),
      canPull: async (namespace, name) => deps.canPull(user, namespace, name),
    });
    refuse(draft.metadata.name ?? '', errors);
    dropEmptyHistories(draft);
  }

  return {
    nameRule: 'pathSegment',
    allowUnconditionalUpdate: false,
    defaults: setImageStreamDefaults,
    async prepareForCreate(draft, context) {
      if (!internalWrite()) draft.status = {};
      sortSpecTags(draft);
      setRepositories(draft);
      startGenerations(draft);
      await applyTags(draft, undefined, context);
    },
    async prepareForUpdate(draft, old, context) {
      if (!internalWrite()) draft.status = structuredClone(old.status ?? {});
      sortSpecTags(draft);
      setRepositories(draft);
      advanceGenerations(draft, old);
      await applyTags(draft, old, context);
    },
    prepareForStatusUpdate(draft, old) {
      setRepositories(draft);
      dropEmptyHistories(draft);
      observeGenerations(draft, old);
    },
    validate: validateImageStream,
    validateStatusUpdate: validateImageStream,
    selectableFields: (stream) => ({
      'spec.dockerImageRepository': stream.spec?.dockerImageRepository ?? '',
      'status.dockerImageRepository': stream.status?.dockerImageRepository ?? '',
    }),
  };
}
