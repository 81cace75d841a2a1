import {
  CONFIG_LABEL,
  CONFIG_NAME,
  CONFIG_VERSION,
  DEPLOYMENT_LABEL,
  DEPLOYMENT_NAME,
  DESIRED_REPLICAS,
  type DeploymentPhase,
  deploymentName,
  ENCODED_CONFIG,
  PHASE,
  STATUS_REASON,
} from '../../../apis/apps.openshift.io/v1/names.ts';
import type { DeploymentConfig } from '../../../apis/apps.openshift.io/v1/types.ts';
import type { PodTemplateSpec, ReplicationController } from '../../../apis/core/v1/types.ts';

function encode(config: DeploymentConfig): string {
  const { managedFields, ...metadata } = config.metadata;
  return JSON.stringify({
    kind: 'DeploymentConfig',
    apiVersion: 'apps.openshift.io/v1',
    metadata,
    spec: config.spec,
    status: config.status,
  });
}

function templateOf(config: DeploymentConfig, name: string, version: number): PodTemplateSpec {
  const configName = config.metadata.name ?? '';
  const template = structuredClone(config.spec.template ?? {}) as PodTemplateSpec;
  template.metadata = {
    ...template.metadata,
    labels: {
      ...template.metadata?.labels,
      [DEPLOYMENT_LABEL]: name,
      [CONFIG_LABEL]: configName,
    },
    annotations: {
      ...template.metadata?.annotations,
      [CONFIG_NAME]: configName,
      [CONFIG_VERSION]: String(version),
      [DEPLOYMENT_NAME]: name,
    },
  };
  return template;
}

/**
 * newDeployment makes the replication controller of the config's latest version, with no pods
 * yet: the rollout scales it. Names, labels and annotations are OpenShift's.
 */
export function newDeployment(config: DeploymentConfig): ReplicationController {
  const version = config.status?.latestVersion ?? 0;
  const configName = config.metadata.name ?? '';
  const name = deploymentName(configName, version);
  const causes = config.status?.details?.causes ?? [];
  const reason = config.status?.details?.message ?? causes.map((one) => one.type).join(', ');
  return {
    apiVersion: 'v1',
    kind: 'ReplicationController',
    metadata: {
      name,
      namespace: config.metadata.namespace ?? '',
      labels: { ...config.metadata.labels, [CONFIG_NAME]: configName },
      annotations: {
        [CONFIG_NAME]: configName,
        [CONFIG_VERSION]: String(version),
        [PHASE]: 'New',
        [DESIRED_REPLICAS]: String(config.spec.replicas ?? 0),
        [STATUS_REASON]: reason,
        [ENCODED_CONFIG]: encode(config),
      },
      ownerReferences: [
        {
          apiVersion: 'apps.openshift.io/v1',
          kind: 'DeploymentConfig',
          name: configName,
          uid: config.metadata.uid ?? '',
          controller: true,
          blockOwnerDeletion: true,
        },
      ],
    },
    spec: {
      replicas: 0,
      ...(config.spec.minReadySeconds !== undefined && {
        minReadySeconds: config.spec.minReadySeconds,
      }),
      selector: {
        ...config.spec.selector,
        [DEPLOYMENT_LABEL]: name,
        [CONFIG_LABEL]: configName,
      },
      template: templateOf(config, name, version),
    },
  };
}

/**
 * finished are the annotations of a deployment that has come to its end. One that failed says why;
 * one that completed keeps what started it, which `rollout history` shows as its cause.
 */
export function finished(phase: DeploymentPhase, failure?: string): Record<string, string> {
  return { [PHASE]: phase, ...(failure !== undefined && { [STATUS_REASON]: failure }) };
}
