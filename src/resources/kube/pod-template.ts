import { POD_TEMPLATE_COLUMNS } from '../../apis/core/v1/columns.ts';
import { defaultPodTemplateSpec } from '../../apis/core/v1/defaults.ts';
import { podTemplateWarnings } from '../../apis/core/v1/pod-warnings.ts';
import { dropOfTemplate } from '../../apis/core/v1/switched-off.ts';
import type { PodTemplate } from '../../apis/core/v1/types.ts';
import { validatePodTemplateSpec } from '../../apis/core/v1/validation.ts';
import { POD_TEMPLATES } from '../../apis/resource-types.ts';
import { goEqual, schemaOf } from '../../apis/schema/index.ts';
import type { ResourceDefinition } from '../../apiserver/resource-definition.ts';

const TEMPLATE = schemaOf('io.k8s.api.core.v1.PodTemplateSpec');

/** podTemplateDefinition declares podtemplates. */
export const podTemplateDefinition: ResourceDefinition<PodTemplate> = {
  type: POD_TEMPLATES,
  definition: 'io.k8s.api.core.v1.PodTemplate',
  columns: POD_TEMPLATE_COLUMNS,
  strategy: {
    metadataOnUpdate: 'changes',
    hasGeneration: true,
    changesGeneration: (draft, old) => !goEqual(TEMPLATE, draft.template, old.template),
    returnsDeletedObject: true,
    defaults(draft) {
      draft.template ??= {};
      defaultPodTemplateSpec(draft.template);
    },
    prepareForCreate: ({ template }) => dropOfTemplate(template),
    prepareForUpdate: ({ template }) => dropOfTemplate(template),
    warnings: ({ template }) => podTemplateWarnings(template, 'template.'),
    validate: ({ template }) => validatePodTemplateSpec(template ?? {}, 'template'),
  },
};
