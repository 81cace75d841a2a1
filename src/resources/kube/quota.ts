import type { RequestContext, ResourceDefinition } from '../../apiserver/resource-definition.ts';
import type { KubeObject, ResourceType, WatchEvent } from '../../machinery/object.ts';
import { newNotFound } from '../../machinery/status-error.ts';

const type = (kind: string, resource: string): ResourceType => ({
  group: '',
  version: 'v1',
  resource,
  kind,
  namespaced: true,
});

async function* untilAborted({ signal }: RequestContext): AsyncGenerator<WatchEvent> {
  if (signal.aborted) return;
  await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
}

function emptyDefinition(resource: ResourceType, shortName: string): ResourceDefinition {
  return {
    type: resource,
    definition: `io.k8s.api.core.v1.${resource.kind}`,
    shortNames: [shortName],
    storage: {
      get: async (name) => {
        throw newNotFound(resource, name);
      },
      list: async () => ({
        apiVersion: 'v1',
        kind: `${resource.kind}List`,
        metadata: { resourceVersion: '1' },
        items: [] as KubeObject[],
      }),
      watch: async (_options, context) => untilAborted(context),
    },
  };
}

/**
 * quotaDefinitions let clients see that a project has no quotas and limit ranges: `describe
 * project` asks for them. They cannot be created, because nothing would enforce them.
 */
export const quotaDefinitions: readonly ResourceDefinition[] = [
  emptyDefinition(type('ResourceQuota', 'resourcequotas'), 'quota'),
  emptyDefinition(type('LimitRange', 'limitranges'), 'limits'),
];
