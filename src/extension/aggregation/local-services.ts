import type { APIService } from '../../apis/apiregistration.k8s.io/v1/types.ts';
import type { ResourceDefinition } from '../../apiserver/resource-definition.ts';
import type { Client } from '../../client/client.ts';
import { createUnlessExists } from '../../client/create-unless-exists.ts';
import { type Controller, source } from '../../controller-kit/controller.ts';
import { isNotFound } from '../../machinery/status-error.ts';
import { API_SERVICES } from './api-services.ts';

const LABEL = 'kube-aggregator.kubernetes.io/automanaged';
const ALL = 'all';

/** The priorities of Kubernetes' own groups; other groups have those of custom resources. */
const GROUP_PRIORITIES: Readonly<Record<string, number>> = {
  '': 18_000,
  apps: 17_800,
  'events.k8s.io': 17_750,
  'authentication.k8s.io': 17_700,
  'authorization.k8s.io': 17_600,
  autoscaling: 17_500,
  batch: 17_400,
  'certificates.k8s.io': 17_300,
  'networking.k8s.io': 17_200,
  policy: 17_100,
  'rbac.authorization.k8s.io': 17_000,
  'storage.k8s.io': 16_800,
  'admissionregistration.k8s.io': 16_700,
  'apiextensions.k8s.io': 16_700,
  'scheduling.k8s.io': 16_600,
  'coordination.k8s.io': 16_500,
  'node.k8s.io': 16_300,
  'discovery.k8s.io': 16_200,
  'resource.k8s.io': 16_200,
  'flowcontrol.apiserver.k8s.io': 16_100,
};
const VERSION_PRIORITIES: Readonly<Record<string, number>> = {
  '/v1': 1,
  'autoscaling/v2': 30,
  'admissionregistration.k8s.io/v1beta1': 12,
  'flowcontrol.apiserver.k8s.io/v1': 21,
};
const OPENSHIFT_PRIORITY = 9900;
const USUAL_VERSION_PRIORITY = 15;
const CUSTOM_PRIORITIES = { groupPriorityMinimum: 1000, versionPriority: 100 };

/** LocalServicesDeps: `definitions` are what the server serves itself now. */
export interface LocalServicesDeps {
  readonly client: Client;
  definitions(): readonly ResourceDefinition[];
  /** onChange calls back after the definitions have changed; the answer ends that. */
  onChange(callback: () => void): () => void;
}

/**
 * newLocalServicesController shows every group version that the server serves itself as an
 * APIService, and takes back those of custom resources that are gone (kube-aggregator's
 * autoregistration).
 */
export function newLocalServicesController(deps: LocalServicesDeps): Controller {
  return {
    name: 'apiservice-autoregistration',
    sources: [source(API_SERVICES, () => [ALL])],
    begin(enqueue) {
      enqueue(ALL);
      return deps.onChange(() => enqueue(ALL));
    },
    async reconcile() {
      await register(deps);
      return undefined;
    },
  };
}

async function register({ client, definitions }: LocalServicesDeps): Promise<void> {
  const wanted = new Map(definitions().map((one) => [nameOf(one), serviceOf(one)]));
  wanted.delete('v1.apiregistration.k8s.io');
  const { items } = await client.list(API_SERVICES);
  for (const [name, service] of wanted) {
    if (items.some((one) => one.metadata.name === name)) continue;
    await createUnlessExists(client, API_SERVICES, service, { fieldManager: 'kube-apiserver' });
  }
  for (const { metadata } of items) {
    const { name = '', labels } = metadata;
    if (labels?.[LABEL] === undefined || wanted.has(name)) continue;
    await client.delete(API_SERVICES, { name }).catch((error: unknown) => {
      if (!isNotFound(error)) throw error;
    });
  }
}

function nameOf({ type }: ResourceDefinition): string {
  return `${type.version}.${type.group}`;
}

function serviceOf(definition: ResourceDefinition): APIService {
  const { group, version } = definition.type;
  const isCustom = definition.structure !== undefined;
  return {
    apiVersion: 'apiregistration.k8s.io/v1',
    kind: 'APIService',
    metadata: { name: nameOf(definition), labels: { [LABEL]: isCustom ? 'true' : 'onstart' } },
    spec: {
      ...(group === '' ? {} : { group }),
      version,
      ...(isCustom ? CUSTOM_PRIORITIES : prioritiesOf(group, version)),
    },
  };
}

function prioritiesOf(group: string, version: string) {
  return {
    groupPriorityMinimum: GROUP_PRIORITIES[group] ?? OPENSHIFT_PRIORITY,
    versionPriority: VERSION_PRIORITIES[`${group}/${version}`] ?? USUAL_VERSION_PRIORITY,
  };
}
