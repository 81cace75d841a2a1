import type { DeploymentConfig, DeploymentTriggerPolicy } from './types.ts';

function triggerText(trigger: DeploymentTriggerPolicy): string | undefined {
  if (trigger.type === 'ConfigChange') return 'config';
  const params = trigger.imageChangeParams;
  if (trigger.type !== 'ImageChange' || !params) return undefined;
  return params.automatic ? `image(${params.from.name})` : undefined;
}

/** triggersText is the TRIGGERED BY cell: `config,image(ruby-ex:latest)`. */
export function triggersText(config: DeploymentConfig): string {
  return (config.spec.triggers ?? []).flatMap((one) => triggerText(one) ?? []).join(',');
}

/** desiredText is the DESIRED cell; a test deployment has its pods only while it is tested. */
export function desiredText(config: DeploymentConfig): string {
  const replicas = config.spec.replicas ?? 0;
  return config.spec.test ? `${replicas} (during test)` : String(replicas);
}
