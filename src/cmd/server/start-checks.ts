import { CONFIG_MAPS, NAMESPACES } from '../../apis/resource-types.ts';
import type { ApiServer } from '../../apiserver/api-server.ts';
import type { HealthCheck } from '../../apiserver/paths/health.ts';
import type { RunningInformers } from '../../controller-kit/informers.ts';
import { API_SERVICES } from '../../extension/aggregation/api-services.ts';
import { CUSTOM_RESOURCE_DEFINITIONS } from '../../extension/definition/definition-parts.ts';

/** StartStep is a part of the start that health checks ask about, by upstream's name. */
export type StartStep =
  | 'generic-apiserver-start-informers'
  | 'start-apiextensions-controllers'
  | 'rbac/bootstrap-roles'
  | 'scheduling/bootstrap-system-priority-classes'
  | 'priority-and-fairness-config-producer'
  | 'start-kubernetes-service-cidr-controller'
  | 'apiservice-registration-controller';

/** StartSteps remembers which parts of the start are done. */
export class StartSteps {
  readonly #done = new Set<StartStep>();

  /** run carries a step out; it is done when that resolves. */
  async run<T>(step: StartStep, work: () => Promise<T>): Promise<T> {
    const result = await work();
    this.#done.add(step);
    return result;
  }

  /** demand throws while a step is not done. */
  demand(step: StartStep): void {
    if (!this.#done.has(step)) throw new Error(`${step}: not finished`);
  }
}

/** CheckedParts are what the checks look at; asked for when a check is made. */
export interface CheckedParts {
  readonly steps: StartSteps;
  server(): ApiServer;
  informers(): RunningInformers;
}

const SYSTEM_NAMESPACES = ['default', 'kube-node-lease', 'kube-public', 'kube-system'];

function demandSynced({ informers }: CheckedParts): void {
  const waiting = informers().unsynced();
  if (waiting.length > 0) throw new Error(`informers not synced yet: ${waiting.join(', ')}`);
}

function demandDefinitions(parts: CheckedParts): void {
  const { resource, group } = CUSTOM_RESOURCE_DEFINITIONS;
  if (parts.informers().unsynced().includes(`${resource}.${group}`)) {
    throw new Error('the definitions of custom resources are not read yet');
  }
}

function demandNamespaces({ server }: CheckedParts): void {
  for (const name of SYSTEM_NAMESPACES) {
    if (!server().cache.get(NAMESPACES, '', name)) throw new Error(`no namespace ${name} yet`);
  }
}

function demandAuthenticationConfig({ server }: CheckedParts): void {
  const name = 'extension-apiserver-authentication';
  if (!server().cache.get(CONFIG_MAPS, 'kube-system', name)) throw new Error(`no ${name} yet`);
}

function demandServices({ server }: CheckedParts): void {
  const { cache, definitions } = server();
  for (const { type } of definitions()) {
    const name = `${type.version}.${type.group}`;
    if (type.group === 'apiregistration.k8s.io') continue;
    if (!cache.get(API_SERVICES, '', name)) throw new Error(`missing APIService: ${name}`);
  }
}

/**
 * startChecks are the checks of kube-apiserver's post start hooks, for what there is here, in its
 * order: they fail until the server has what they are named after, and when it is lost.
 */
export function startChecks(parts: CheckedParts): HealthCheck[] {
  const { steps } = parts;
  const hooks: [name: string, demand: () => unknown][] = [
    ['start-apiserver-admission-initializer', () => parts.server().ready()],
    ['generic-apiserver-start-informers', () => steps.demand('generic-apiserver-start-informers')],
    ['priority-and-fairness-config-consumer', () => parts.server().ready()],
    ['start-apiextensions-informers', () => demandDefinitions(parts)],
    ['start-apiextensions-controllers', () => steps.demand('start-apiextensions-controllers')],
    ['crd-informer-synced', () => demandDefinitions(parts)],
    ['start-system-namespaces-controller', () => demandNamespaces(parts)],
    ['start-cluster-authentication-info-controller', () => demandAuthenticationConfig(parts)],
    ['rbac/bootstrap-roles', () => steps.demand('rbac/bootstrap-roles')],
    [
      'scheduling/bootstrap-system-priority-classes',
      () => steps.demand('scheduling/bootstrap-system-priority-classes'),
    ],
    [
      'priority-and-fairness-config-producer',
      () => steps.demand('priority-and-fairness-config-producer'),
    ],
    [
      'start-kubernetes-service-cidr-controller',
      () => steps.demand('start-kubernetes-service-cidr-controller'),
    ],
    [
      'apiservice-registration-controller',
      () => steps.demand('apiservice-registration-controller'),
    ],
    ['kube-apiserver-autoregistration', () => steps.demand('apiservice-registration-controller')],
  ];
  return [
    { name: 'informer-sync', endpoints: ['readyz'], check: async () => demandSynced(parts) },
    ...hooks.map(([name, demand]) => ({
      name: `poststarthook/${name}`,
      check: async () => {
        await demand();
      },
    })),
    { name: 'autoregister-completion', check: async () => demandServices(parts) },
  ];
}
