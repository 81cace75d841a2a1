import { isDeepStrictEqual } from 'node:util';
import { ENCODED_CONFIG } from '../../../apis/apps.openshift.io/v1/names.ts';
import type {
  DeploymentCause,
  DeploymentConfig,
} from '../../../apis/apps.openshift.io/v1/types.ts';
import type { ReplicationController } from '../../../apis/core/v1/types.ts';

const imageTriggersOf = (config: DeploymentConfig) =>
  (config.spec.triggers ?? []).flatMap((one) =>
    one.type === 'ImageChange' && one.imageChangeParams ? [one.imageChangeParams] : [],
  );

/** decodeConfig reads the DeploymentConfig that a replication controller was made from. */
function decodeConfig(deployment: ReplicationController): DeploymentConfig | undefined {
  const text = deployment.metadata.annotations?.[ENCODED_CONFIG];
  if (!text) return undefined;
  try {
    return JSON.parse(text) as DeploymentConfig;
  } catch {
    return undefined;
  }
}

/**
 * awaitsImages is true while an automatic image change trigger has not resolved its image yet:
 * such a config cannot be deployed, its pod template is not complete.
 */
function awaitsImages(config: DeploymentConfig): boolean {
  return imageTriggersOf(config).some((one) => one.automatic && !one.lastTriggeredImage);
}

function imageCauses(config: DeploymentConfig, previous: DeploymentConfig | undefined) {
  const before = new Map(
    (previous ? imageTriggersOf(previous) : []).map((one) => [
      `${one.from.namespace ?? ''}/${one.from.name}`,
      one.lastTriggeredImage,
    ]),
  );
  return imageTriggersOf(config)
    .filter((one) => one.lastTriggeredImage)
    .filter(
      (one) =>
        before.get(`${one.from.namespace ?? ''}/${one.from.name}`) !== one.lastTriggeredImage,
    )
    .map(
      (one): DeploymentCause => ({ type: 'ImageChange', imageTrigger: { from: { ...one.from } } }),
    );
}

/** automaticContainers are the containers whose images automatic triggers write. */
function automaticContainers(config: DeploymentConfig): ReadonlySet<string> {
  const automatic = imageTriggersOf(config).filter((one) => one.automatic);
  return new Set(automatic.flatMap((one) => one.containerNames ?? []));
}

/** comparable is a template in which the images of `managed` containers do not count. */
function comparable(config: DeploymentConfig, managed: ReadonlySet<string>): unknown {
  const template = structuredClone(config.spec.template);
  for (const container of [
    ...(template?.spec?.containers ?? []),
    ...(template?.spec?.initContainers ?? []),
  ]) {
    if (managed.has(container.name)) container.image = '';
  }
  return template;
}

/**
 * causesOfRollout decides whether a new version is due: an image of a trigger changed, or the
 * template did while a ConfigChange trigger is set, or nothing was ever deployed. Empty means no.
 * Follows openshift-controller-manager's triggerActivated.
 */
export function causesOfRollout(
  config: DeploymentConfig,
  latest: ReplicationController | undefined,
): DeploymentCause[] {
  const triggers = config.spec.triggers ?? [];
  const onConfigChange = triggers.some((one) => one.type === 'ConfigChange');
  const onImageChange = imageTriggersOf(config).length > 0;
  if (config.spec.paused || (!onConfigChange && !onImageChange)) return [];
  if (awaitsImages(config)) return [];
  const version = config.status?.latestVersion ?? 0;
  if (version === 0) {
    if (onConfigChange) return [{ type: 'ConfigChange' }];
    return imageCauses(config, undefined);
  }
  const deployed = latest && decodeConfig(latest);
  if (!deployed) return [];
  const images = imageCauses(config, deployed);
  if (images.length > 0) return images;
  const managed = automaticContainers(config);
  const changed = !isDeepStrictEqual(comparable(config, managed), comparable(deployed, managed));
  return onConfigChange && changed ? [{ type: 'ConfigChange' }] : [];
}
