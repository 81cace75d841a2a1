import {
  fromOldScaler,
  METRICS_ANNOTATION,
  toOldScaler,
} from '../../../apis/autoscaling/v1/conversion.ts';
import type { HorizontalPodAutoscaler as OldScaler } from '../../../apis/autoscaling/v1/types.ts';
import { AUTOSCALER_COLUMNS } from '../../../apis/autoscaling/v2/columns.ts';
import { DEFAULT_CPU_PERCENT, defaultAutoscaler } from '../../../apis/autoscaling/v2/defaults.ts';
import type {
  HorizontalPodAutoscaler,
  HorizontalPodAutoscalerStatus,
} from '../../../apis/autoscaling/v2/types.ts';
import {
  validateAutoscaler,
  validateAutoscalerStatus,
} from '../../../apis/autoscaling/v2/validation.ts';
import {
  HORIZONTAL_POD_AUTOSCALERS,
  HORIZONTAL_POD_AUTOSCALERS_V1,
} from '../../../apis/resource-types.ts';
import { convertedStrategy } from '../../../apiserver/converted-strategy.ts';
import type {
  Column,
  ResourceDefinition,
  Strategy,
} from '../../../apiserver/resource-definition.ts';

/** dropTolerance takes out what upstream has switched off: it is alpha. */
function dropTolerance(scaler: HorizontalPodAutoscaler, old?: HorizontalPodAutoscaler): void {
  const before = old?.spec?.behavior;
  if (before?.scaleUp?.tolerance ?? before?.scaleDown?.tolerance) return;
  delete scaler.spec?.behavior?.scaleUp?.tolerance;
  delete scaler.spec?.behavior?.scaleDown?.tolerance;
}

/** newStatus is that of a new scaler: upstream shows that it has no metrics yet as null. */
function newStatus(): HorizontalPodAutoscalerStatus {
  const status: Record<string, unknown> = { desiredReplicas: 0, currentMetrics: null };
  return status as unknown as HorizontalPodAutoscalerStatus;
}

const strategy: Strategy<HorizontalPodAutoscaler> = {
  hasStatus: true,
  statusChangesMetadata: true,
  metadataOnUpdate: 'changes',
  defaults: defaultAutoscaler,
  prepareForCreate(draft) {
    draft.status = newStatus();
    dropTolerance(draft);
  },
  prepareForUpdate: dropTolerance,
  validateCreate: (scaler) => validateAutoscaler(scaler),
  validateUpdate: (scaler, old) => validateAutoscaler(scaler, old),
  validateStatusUpdate: validateAutoscalerStatus,
};

const names = {
  shortNames: ['hpa'],
  categories: ['all'],
  subresources: { status: { kind: 'status' as const } },
};

/** autoscalerDefinition declares horizontalpodautoscalers (autoscaling/v2), as they are stored. */
export const autoscalerDefinition: ResourceDefinition<HorizontalPodAutoscaler> = {
  ...names,
  type: HORIZONTAL_POD_AUTOSCALERS,
  definition: 'io.k8s.api.autoscaling.v2.HorizontalPodAutoscaler',
  columns: AUTOSCALER_COLUMNS,
  strategy,
};

function oldColumn(column: Column<HorizontalPodAutoscaler>): Column<OldScaler> {
  return { ...column, cell: (scaler, now) => column.cell(fromOldScaler(scaler), now) };
}

function defaultOldScaler(scaler: OldScaler): void {
  scaler.spec ??= {} as OldScaler['spec'];
  scaler.spec.minReplicas ??= 1;
  if (scaler.metadata.annotations?.[METRICS_ANNOTATION] === undefined) {
    scaler.spec.targetCPUUtilizationPercentage ??= DEFAULT_CPU_PERCENT;
  }
}

/** storedScaler completes what an annotation says of the behaviour, as for any scaler of v2. */
function storedScaler(scaler: OldScaler): HorizontalPodAutoscaler {
  const stored = fromOldScaler(scaler);
  defaultAutoscaler(stored);
  return stored;
}

/** oldAutoscalerDefinition declares the same objects as autoscaling/v1. */
export const oldAutoscalerDefinition: ResourceDefinition<OldScaler> = {
  ...names,
  type: HORIZONTAL_POD_AUTOSCALERS_V1,
  definition: 'io.k8s.api.autoscaling.v1.HorizontalPodAutoscaler',
  columns: AUTOSCALER_COLUMNS.map(oldColumn),
  strategy: convertedStrategy<OldScaler, HorizontalPodAutoscaler>(
    strategy,
    { toStored: fromOldScaler, fromStored: toOldScaler },
    defaultOldScaler,
  ),
  storedAs: {
    type: HORIZONTAL_POD_AUTOSCALERS,
    toStored: (scalers) => scalers.map((one) => storedScaler(one as OldScaler)),
    fromStored: (scalers) => scalers.map((one) => toOldScaler(one as HorizontalPodAutoscaler)),
  },
};
