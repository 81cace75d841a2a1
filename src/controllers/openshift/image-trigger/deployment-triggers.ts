import type {
  DeploymentConfig,
  DeploymentTriggerImageChangeParams,
} from '../../../apis/apps.openshift.io/v1/types.ts';
import type { Container } from '../../../apis/core/v1/types.ts';
import type { TagLookup } from './tag-lookup.ts';

interface Trigger {
  readonly params: DeploymentTriggerImageChangeParams;
  readonly namespace: string;
  readonly name: string;
}

function triggersOf(config: DeploymentConfig): Trigger[] {
  return (config.spec.triggers ?? []).flatMap(({ imageChangeParams: params }) => {
    if (params?.from?.kind !== 'ImageStreamTag' || !params.from.name) return [];
    const namespace = params.from.namespace || (config.metadata.namespace ?? '');
    return [{ params, namespace, name: params.from.name }];
  });
}

/** streamsOfDeploymentConfig answers the keys of the image streams that can trigger a config. */
export function streamsOfDeploymentConfig(config: DeploymentConfig): string[] {
  return triggersOf(config).map(({ namespace, name }) => `${namespace}/${name.split(':')[0]}`);
}

function containersOf(config: DeploymentConfig): Container[] {
  const spec = config.spec.template?.spec;
  return [...(spec?.initContainers ?? []), ...(spec?.containers ?? [])];
}

/** applyTrigger sets a trigger's image in a draft and tells whether that changed anything. */
function applyTrigger(draft: DeploymentConfig, trigger: Trigger, image: string): boolean {
  const { params } = trigger;
  let isChanged = params.lastTriggeredImage !== image;
  params.lastTriggeredImage = image;
  for (const container of containersOf(draft)) {
    if (!params.containerNames?.includes(container.name) || container.image === image) continue;
    container.image = image;
    isChanged = true;
  }
  return isChanged;
}

/**
 * resolveDeploymentImages answers a copy of a config whose containers have the newest images of its
 * automatic triggers; undefined if they have them, or as long as one of the tags never had an image:
 * a config is rolled out with all of its images or not at all.
 */
export function resolveDeploymentImages(
  config: DeploymentConfig,
  lookup: TagLookup,
): DeploymentConfig | undefined {
  const draft = structuredClone(config);
  let isChanged = false;
  for (const trigger of triggersOf(draft)) {
    if (!trigger.params.automatic) continue;
    const image = lookup(trigger.namespace, trigger.name) ?? trigger.params.lastTriggeredImage;
    if (!image) return undefined;
    isChanged = applyTrigger(draft, trigger, image) || isChanged;
  }
  return isChanged ? draft : undefined;
}
