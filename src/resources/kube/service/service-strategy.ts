import { defaultService } from '../../../apis/core/v1/defaults.ts';
import { addressWarnings } from '../../../apis/core/v1/ip-validation.ts';
import { validateServiceStatus } from '../../../apis/core/v1/load-balancer-validation.ts';
import type { Service, ServicePort, ServiceSpec } from '../../../apis/core/v1/types.ts';
import {
  isHeadless,
  validateService,
  validateServiceUpdate,
} from '../../../apis/core/v1/validation.ts';
import type { Strategy } from '../../../apiserver/resource-definition.ts';
import { indexPath } from '../../../machinery/field-path.ts';
import { ownerOf, type ServiceAllocations } from './service-allocations.ts';

interface Taken {
  readonly addresses: string[];
  readonly nodePorts: number[];
}

function needsAddress(spec: ServiceSpec): boolean {
  return spec.type !== 'ExternalName' && !isHeadless(spec);
}

function needsNodePorts(spec: ServiceSpec): boolean {
  return (
    spec.type === 'NodePort' ||
    (spec.type === 'LoadBalancer' && spec.allocateLoadBalancerNodePorts !== false)
  );
}

function needsHealthPort({ type, externalTrafficPolicy }: ServiceSpec): boolean {
  return type === 'LoadBalancer' && externalTrafficPolicy === 'Local';
}

/** Makes `clusterIP` and `clusterIPs` say the same where only one was given. */
function alignAddresses(spec: ServiceSpec, old?: ServiceSpec): void {
  const changed = old !== undefined && spec.clusterIP !== old.clusterIP;
  if (changed && spec.clusterIPs?.[0] === old?.clusterIPs?.[0]) delete spec.clusterIPs;
  if (spec.clusterIP && !spec.clusterIPs?.length) spec.clusterIPs = [spec.clusterIP];
  else if (!spec.clusterIP && spec.clusterIPs?.[0] && old === undefined)
    spec.clusterIP = spec.clusterIPs[0];
}

function setFamilies(spec: ServiceSpec): void {
  if (spec.type === 'ExternalName') return;
  const selectorless = isHeadless(spec) && Object.keys(spec.selector ?? {}).length === 0;
  spec.ipFamilyPolicy ??= selectorless ? 'RequireDualStack' : 'SingleStack';
  spec.ipFamilies ??= selectorless ? ['IPv4', 'IPv6'] : ['IPv4'];
}

function clearAddresses(spec: ServiceSpec): void {
  delete spec.clusterIP;
  delete spec.clusterIPs;
  delete spec.ipFamilies;
  delete spec.ipFamilyPolicy;
  delete spec.internalTrafficPolicy;
}

const samePort = (a: ServicePort, b: ServicePort) => a.port === b.port && a.protocol === b.protocol;

/** Carries over what an update that knows nothing of allocation left out. */
function keepAllocated(spec: ServiceSpec, old: ServiceSpec): void {
  if (needsAddress(spec) && needsAddress(old)) {
    if (!spec.clusterIP && old.clusterIP) spec.clusterIP = old.clusterIP;
    if (!spec.clusterIPs?.length && old.clusterIPs && spec.clusterIP === old.clusterIP)
      spec.clusterIPs = [...old.clusterIPs];
  }
  if (needsHealthPort(spec) && needsHealthPort(old) && old.healthCheckNodePort)
    spec.healthCheckNodePort ||= old.healthCheckNodePort;
  if (needsNodePorts(spec) && needsNodePorts(old)) {
    const used = new Set((spec.ports ?? []).map(({ nodePort }) => nodePort ?? 0));
    for (const port of spec.ports ?? []) {
      const before = old.ports?.find((one) => samePort(one, port))?.nodePort;
      if (!port.nodePort && before && !used.has(before)) port.nodePort = before;
    }
  }
}

/** Drops what the old type needed, where the user left it as it was. */
function dropOldType(spec: ServiceSpec, old: ServiceSpec): void {
  if (needsAddress(old) && spec.type === 'ExternalName') {
    if (spec.clusterIP === old.clusterIP) clearAddresses(spec);
  }
  if (needsNodePorts(old) && !needsNodePorts(spec)) {
    for (const port of spec.ports ?? []) {
      const before = old.ports?.find((one) => samePort(one, port))?.nodePort;
      if (port.nodePort === before) delete port.nodePort;
    }
  }
  if (needsHealthPort(old) && !needsHealthPort(spec)) {
    if (spec.healthCheckNodePort === old.healthCheckNodePort) delete spec.healthCheckNodePort;
  }
  if (old.externalTrafficPolicy && spec.type === 'ClusterIP' && !spec.externalIPs?.length)
    delete spec.externalTrafficPolicy;
  if (old.type === 'LoadBalancer' && spec.type !== 'LoadBalancer')
    delete spec.allocateLoadBalancerNodePorts;
  if (old.type === 'LoadBalancer' && spec.type !== 'LoadBalancer') {
    if (spec.loadBalancerClass === old.loadBalancerClass) delete spec.loadBalancerClass;
  }
}

/** Claims what a service needs and does not hold yet; gives all back when one claim fails. */
function claim(allocations: ServiceAllocations, draft: Service, held: Taken): Taken {
  const taken: Taken = { addresses: [], nodePorts: [] };
  const { spec } = draft;
  if (spec === undefined) return taken;
  try {
    if (needsAddress(spec) && !(spec.clusterIP && held.addresses.includes(spec.clusterIP))) {
      const address = allocations.claimAddress(draft, spec.clusterIP ?? '');
      taken.addresses.push(address);
      spec.clusterIP = address;
      spec.clusterIPs = [address];
    }
    if (needsNodePorts(spec)) claimPorts(allocations, draft, { held, taken });
    const health = spec.healthCheckNodePort ?? 0;
    if (needsHealthPort(spec) && !(health && held.nodePorts.includes(health))) {
      spec.healthCheckNodePort = allocations.claimHealthPort(draft, health);
      taken.nodePorts.push(spec.healthCheckNodePort);
    }
    return taken;
  } catch (error) {
    allocations.release(ownerOf(draft), taken);
    throw error;
  }
}

function claimPorts(
  allocations: ServiceAllocations,
  draft: Service,
  { held, taken }: { readonly held: Taken; readonly taken: Taken },
): void {
  const ports = draft.spec?.ports ?? [];
  for (const [index, port] of ports.entries()) {
    const own = [...held.nodePorts, ...taken.nodePorts];
    // Ports of other protocols may have the same number, not a second one of the same.
    const isSecond = ports
      .slice(0, index)
      .some(({ nodePort, protocol }) => nodePort === port.nodePort && protocol === port.protocol);
    if (port.nodePort && own.includes(port.nodePort) && !isSecond) continue;
    port.nodePort = allocations.claimNodePort(draft, port, index);
    taken.nodePorts.push(port.nodePort);
  }
}

function heldBy(service: Service): Taken {
  const { clusterIP = '', ports = [], healthCheckNodePort = 0 } = service.spec ?? {};
  const numbers = [...ports.map(({ nodePort }) => nodePort ?? 0), healthCheckNodePort];
  return {
    addresses: clusterIP === '' || clusterIP === 'None' ? [] : [clusterIP],
    nodePorts: numbers.filter((port) => port > 0),
  };
}

function serviceWarnings({ spec = {} }: Service): string[] {
  const { type, externalName, externalIPs = [] } = spec;
  const text = 'spec.externalName is ignored when spec.type is not "ExternalName"';
  return [
    ...externalIPs.flatMap((ip, index) =>
      addressWarnings(indexPath('spec.externalIPs', index), ip),
    ),
    ...(externalName && type !== 'ExternalName' ? [text] : []),
  ];
}

/** serviceStrategy allocates addresses and node ports as upstream's service REST storage does. */
export function serviceStrategy(allocations: ServiceAllocations): Strategy<Service> {
  const claims = new WeakMap<Service, Taken>();
  return {
    hasStatus: true,
    statusChangesMetadata: true,
    nameRule: 'label1035',
    returnsDeletedObject: true,
    defaults: defaultService,
    async prepareForCreate(draft, context) {
      const { spec } = draft;
      draft.status = { loadBalancer: {} };
      if (spec === undefined) return;
      alignAddresses(spec);
      setFamilies(spec);
      await allocations.ready();
      await allocations.settle(context.now);
      if (validateService(draft).length > 0) return;
      const taken = claim(allocations, draft, { addresses: [], nodePorts: [] });
      if (context.dryRun) allocations.release(ownerOf(draft), taken);
      else claims.set(draft, taken);
    },
    undoCreate(draft) {
      const taken = claims.get(draft);
      if (taken === undefined) return;
      claims.delete(draft);
      allocations.release(ownerOf(draft), taken);
    },
    async prepareForUpdate(draft, old, context) {
      const [spec, before] = [draft.spec, old.spec];
      if (spec === undefined || before === undefined) return;
      if (before.type === 'LoadBalancer' && spec.type !== 'LoadBalancer')
        draft.status = { ...draft.status, loadBalancer: {} };
      keepAllocated(spec, before);
      dropOldType(spec, before);
      alignAddresses(spec, before);
      setFamilies(spec);
      await allocations.ready();
      await allocations.settle(context.now);
      if ([...validateService(draft), ...validateServiceUpdate(draft, old)].length > 0) return;
      const held = heldBy(old);
      const taken = claim(allocations, draft, held);
      if (context.dryRun) return allocations.release(ownerOf(draft), taken);
      const kept = heldBy(draft);
      const dropped = {
        addresses: held.addresses.filter((one) => !kept.addresses.includes(one)),
        nodePorts: held.nodePorts.filter((one) => !kept.nodePorts.includes(one)),
      };
      allocations.settleLater(draft, { taken, dropped }, context.now);
    },
    validate: validateService,
    validateUpdate: validateServiceUpdate,
    validateStatusUpdate: validateServiceStatus,
    warnings: (service, _old, subresource) => (subresource === '' ? serviceWarnings(service) : []),
    afterDelete: (service) => allocations.releaseService(service),
    selectableFields: (service) => ({
      'spec.clusterIP': service.spec?.clusterIP ?? '',
      'spec.type': service.spec?.type ?? '',
    }),
  };
}
