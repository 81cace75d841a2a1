import { POD_COLUMNS } from '../../../apis/core/v1/columns.ts';
import type { Binding, Pod } from '../../../apis/core/v1/types.ts';
import { BINDINGS, PODS } from '../../../apis/resource-types.ts';
import type { ResourceDefinition } from '../../../apiserver/resource-definition.ts';
import type { KubeDeps } from '../deps.ts';
import { podProxy } from '../proxy/proxy-subresources.ts';
import { PodBindings } from './pod-binding.ts';
import { connectSubresources } from './pod-connect.ts';
import { newEvictionHandler } from './pod-eviction.ts';
import { ephemeralContainers, resize } from './pod-parts.ts';
import { podStrategy } from './pod-strategy.ts';

/** podDefinitions declare pods, their subresources and bindings. */
export function podDefinitions(deps: KubeDeps): ResourceDefinition[] {
  const bindings = new PodBindings(deps.client);
  return [podDefinition(deps, bindings), bindingDefinition(bindings)];
}

const BINDING = 'io.k8s.api.core.v1.Binding';

/** bindingDefinition declares the older way to bind a pod: `bindings` may only be created. */
function bindingDefinition(bindings: PodBindings): ResourceDefinition<Binding> {
  return {
    type: BINDINGS,
    definition: BINDING,
    storage: {
      create: (binding, context) => bindings.bind(binding.metadata.name ?? '', binding, context),
    },
  };
}

function podDefinition(deps: KubeDeps, bindings: PodBindings): ResourceDefinition<Pod> {
  return {
    type: PODS,
    definition: 'io.k8s.api.core.v1.Pod',
    writtenAnywhere: true,
    shortNames: ['po'],
    categories: ['all'],
    columns: POD_COLUMNS,
    strategy: podStrategy(bindings),
    subresources: {
      status: { kind: 'status' },
      binding: {
        kind: 'create',
        input: {
          group: '',
          version: 'v1',
          kind: 'Binding',
          definition: BINDING,
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
          alsoVersions: ['v1beta1'],
        },
        create: newEvictionHandler(deps),
      },
      ephemeralcontainers: ephemeralContainers,
      resize,
      ...connectSubresources(deps),
      proxy: podProxy(deps),
    },
  };
}
