import { POD_COLUMNS } from '../../../apis/core/v1/columns.ts';
import type { Pod } from '../../../apis/core/v1/types.ts';
import { PODS } from '../../../apis/resource-types.ts';
import type { ResourceDefinition } from '../../../apiserver/resource-definition.ts';
import type { KubeDeps } from '../deps.ts';
import { PodBindings } from './pod-binding.ts';
import { connectSubresources } from './pod-connect.ts';
import { newEvictionHandler } from './pod-eviction.ts';
import { podStrategy } from './pod-strategy.ts';

/** podDefinition declares pods and their subresources. */
export function podDefinition(deps: KubeDeps): ResourceDefinition<Pod> {
  const bindings = new PodBindings(deps.client);
  return {
    type: PODS,
    definition: 'io.k8s.api.core.v1.Pod',
    writtenAnywhere: true,
    shortNames: ['po'],
    categories: ['all'],
    columns: POD_COLUMNS,
    strategy: podStrategy(deps, bindings),
    subresources: {
      status: { kind: 'status' },
      binding: {
        kind: 'create',
        input: {
          group: '',
          version: 'v1',
          kind: 'Binding',
          definition: 'io.k8s.api.core.v1.Binding',
        },
        create: (name, input, context) => bindings.bind(name, input, context),
      },
      eviction: {
        kind: 'create',
        input: {
          group: 'policy',
          version: 'v1',
          kind: 'Eviction',
          definition: 'io.k8s.api.policy.v1.Eviction',
        },
        create: newEvictionHandler(deps),
      },
      ...connectSubresources(deps),
    },
  };
}
