import { CONFIG_MAP_COLUMNS } from '../../apis/core/v1/columns.ts';
import type { ConfigMap } from '../../apis/core/v1/types.ts';
import { validateConfigMap, validateConfigMapUpdate } from '../../apis/core/v1/validation.ts';
import { CONFIG_MAPS } from '../../apis/resource-types.ts';
import type { ResourceDefinition } from '../../apiserver/resource-definition.ts';

/** configMapDefinition declares configmaps. */
export const configMapDefinition: ResourceDefinition<ConfigMap> = {
  type: CONFIG_MAPS,
  definition: 'io.k8s.api.core.v1.ConfigMap',
  writtenAnywhere: true,
  shortNames: ['cm'],
  columns: CONFIG_MAP_COLUMNS,
  strategy: { validate: validateConfigMap, validateUpdate: validateConfigMapUpdate },
};
