import { defaultService, isExternallyAccessible } from '../../../apis/core/v1/defaults.ts';
import { validateServiceStatus } from '../../../apis/core/v1/load-balancer-validation.ts';
import { isHeadless } from '../../../apis/core/v1/service-address-validation.ts';
import { serviceStatusWarnings, serviceWarnings } from '../../../apis/core/v1/service-warnings.ts';
import type { Service, ServiceSpec } from '../../../apis/core/v1/types.ts';
import { validateService, validateServiceUpdate } from '../../../apis/core/v1/validation.ts';
import type { Strategy } from '../../../apiserver/resource-definition.ts';
import { deepEqual } from '../../../machinery/deep-equal.ts';
import { setFamilies } from './ip-families.ts';
import { ownerOf, type ServiceAllocations } from './service-allocations.ts';

interface Taken {
  readonly addresses: string[];
  readonly nodePorts: number[];
}

function needsAddress(spec: ServiceSpec): boolean {
  return spec.type !== 'ExternalName' && !isHeadless(spec);
}

function hasNodePorts({ type }: ServiceSpec): boolean {
  return type === 'NodePort' || type === 'LoadBalancer';
}

/** getsNodePorts tells whether ports that ask for none get one. */
function getsNodePorts({ type, allocateLoadBalancerNodePorts }: ServiceSpec): boolean {
  return type === 'NodePort' || allocateLoadBalancerNodePorts !== false;
}

function needsHealthPort({ type, externalTrafficPolicy }: ServiceSpec): boolean {
  return type === 'LoadBalancer' && externalTrafficPolicy === 'Local';
}

/** Makes `clusterIP` and `clusterIPs` say the same where only one was given. */
function alignAddresses(spec: ServiceSpec, old?: ServiceSpec): void {
  const { clusterIP = '', clusterIPs = [] } = spec;
  if (old === undefined) {
    if (clusterIP !== '' && clusterIPs.length === 0) spec.clusterIPs = [clusterIP];
    return;
  }
  const { clusterIP: before = '', clusterIPs: list = [] } = old;
  const isSame = clusterIP === before;
  if (isSame && clusterIPs.length === 0 && list.length > 0) spec.clusterIPs = [...list];
  if (isSame || !deepEqual(clusterIPs, list)) return;
  if (clusterIP === '') delete spec.clusterIPs;
  else spec.clusterIPs = [clusterIP];
}

const portsOf = ({ ports = [] }: ServiceSpec) => ports.map(({ nodePort }) => nodePort ?? 0);

/** Carries over what an update that knows nothing of allocation left out. */
function keepAllocated(spec: ServiceSpec, old: ServiceSpec): void {
  if (spec.type !== 'ExternalName' && old.type !== 'ExternalName') {
    if (!spec.clusterIP && old.clusterIP) spec.clusterIP = old.clusterIP;
    if (!spec.clusterIPs?.length && old.clusterIPs) spec.clusterIPs = [...old.clusterIPs];
  }
  if (needsHealthPort(spec) && needsHealthPort(old) && old.healthCheckNodePort)
    spec.healthCheckNodePort ||= old.healthCheckNodePort;
  if (hasNodePorts(spec) && hasNodePorts(old)) keepNodePorts(spec, old);
}

/** A port of the same name keeps its node port, unless another one asks for that. */
function keepNodePorts(spec: ServiceSpec, old: ServiceSpec): void {
  const asked = new Set(portsOf(spec));
  const before = new Map(old.ports?.map(({ name = '', nodePort }) => [name, nodePort ?? 0]));
  for (const port of spec.ports ?? []) {
    const number = before.get(port.name ?? '') ?? 0;
    if (!port.nodePort && number > 0 && !asked.has(number)) port.nodePort = number;
  }
}

/** Drops what the old type needed, where the user left it as it was. */
function dropOldType(spec: ServiceSpec, old: ServiceSpec): void {
  if (spec.type === 'ExternalName') {
    delete spec.internalTrafficPolicy;
    if (old.type !== 'ExternalName') dropAddresses(spec, old);
  }
  if (hasNodePorts(old) && !hasNodePorts(spec)) {
    const before = [0, ...portsOf(old)];
    const isSame = portsOf(spec).every((port) => before.includes(port));
    if (isSame) for (const port of spec.ports ?? []) delete port.nodePort;
  }
  if (needsHealthPort(old) && !needsHealthPort(spec)) {
    if (spec.healthCheckNodePort === old.healthCheckNodePort) delete spec.healthCheckNodePort;
  }
  if (isExternallyAccessible(old) && !isExternallyAccessible(spec))
    dropSame(spec, old, ['externalTrafficPolicy']);
  if (old.type === 'LoadBalancer' && spec.type !== 'LoadBalancer')
    dropSame(spec, old, ['allocateLoadBalancerNodePorts', 'loadBalancerClass']);
}

function dropAddresses(spec: ServiceSpec, old: ServiceSpec): void {
  if (spec.clusterIP === old.clusterIP) dropSame(spec, old, ['clusterIP', 'clusterIPs']);
  dropSame(spec, old, ['ipFamilies', 'ipFamilyPolicy']);
}

function dropSame(spec: ServiceSpec, old: ServiceSpec, fields: (keyof ServiceSpec)[]): void {
  for (const field of fields) if (deepEqual(spec[field], old[field])) delete spec[field];
}

/** Claims what a service needs and does not hold yet; gives all back when one claim fails. */
function claim(allocations: ServiceAllocations, draft: Service, old?: Service): Taken {
  const taken: Taken = { addresses: [], nodePorts: [] };
  const { spec } = draft;
  if (spec === undefined) return taken;
  const held = old && old.spec?.type !== 'ExternalName' ? heldBy(old) : NOTHING;
  try {
    if (needsAddress(spec) && (!old || old.spec?.type === 'ExternalName')) {
      const address = allocations.claimAddress(draft, spec.clusterIP ?? '');
      taken.addresses.push(address);
      spec.clusterIP = address;
      spec.clusterIPs = [address];
    }
    if (hasNodePorts(spec)) claimPorts({ allocations, draft, held, taken });
    const health = spec.healthCheckNodePort ?? 0;
    if (needsHealthPort(spec) && !(old?.spec && needsHealthPort(old.spec))) {
      spec.healthCheckNodePort = allocations.claimHealthPort(draft, health);
      taken.nodePorts.push(spec.healthCheckNodePort);
    }
    return taken;
  } catch (error) {
    allocations.release(ownerOf(draft), taken);
    throw error;
  }
}

/** Claiming is what the ports of one service are claimed with. */
interface Claiming {
  readonly allocations: ServiceAllocations;
  readonly draft: Service;
  readonly held: Taken;
  readonly taken: Taken;
}

/** What is new shares its node port among ports of the same number, of TCP and UDP say. */
function claimPorts(claiming: Claiming): void {
  const { draft, held, taken } = claiming;
  const { ports = [] } = draft.spec ?? {};
  const isNew = held.nodePorts.length === 0;
  const shared = new Map<number, number>();
  for (const [index, port] of ports.entries()) {
    const asked = port.nodePort ?? 0;
    if (asked === 0 && !getsNodePorts(draft.spec ?? {})) continue;
    const known = shared.get(port.port);
    const isTaken = [...held.nodePorts, ...taken.nodePorts].includes(asked);
    if (isNew ? known !== undefined && (asked === 0 || asked === known) : isTaken) {
      port.nodePort = known ?? asked;
      continue;
    }
    const twin = isNew ? ports.find((one) => one.port === port.port && one.nodePort) : undefined;
    const wanted = asked || twin?.nodePort || 0;
    port.nodePort = claiming.allocations.claimNodePort(draft, { ...port, nodePort: wanted }, index);
    taken.nodePorts.push(port.nodePort);
    if (isNew && known === undefined) shared.set(port.port, port.nodePort);
  }
}

const NOTHING: Taken = { addresses: [], nodePorts: [] };

function heldBy(service: Service): Taken {
  const { clusterIP = '', ports = [], healthCheckNodePort = 0 } = service.spec ?? {};
  const numbers = [...ports.map(({ nodePort }) => nodePort ?? 0), healthCheckNodePort];
  return {
    addresses: clusterIP === '' || clusterIP === 'None' ? [] : [clusterIP],
    nodePorts: numbers.filter((port) => port > 0),
  };
}

/** serviceStrategy allocates addresses and node ports as upstream's service REST storage does. */
export function serviceStrategy(allocations: ServiceAllocations): Strategy<Service> {
  const claims = new WeakMap<Service, Taken>();
  return {
    hasStatus: true,
    statusChangesMetadata: true,
    nameRule: 'label1035',
    returnsDeletedObject: true,
    metadataOnUpdate: 'changes',
    defaults: defaultService,
    async prepareForCreate(draft, context) {
      const { spec } = draft;
      draft.status = { loadBalancer: {} };
      if (spec === undefined) return;
      alignAddresses(spec);
      setFamilies(draft);
      if (spec.type === 'ExternalName') delete spec.internalTrafficPolicy;
      await allocations.ready();
      await allocations.settle(context.now);
      const taken = claim(allocations, draft);
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
      if (spec.type !== 'LoadBalancer' && draft.status?.loadBalancer)
        draft.status = { ...draft.status, loadBalancer: {} };
      keepAllocated(spec, before);
      alignAddresses(spec, before);
      setFamilies(draft, before);
      await allocations.ready();
      await allocations.settle(context.now);
      const taken = claim(allocations, draft, old);
      dropOldType(spec, before);
      if (context.dryRun || validateServiceUpdate(draft, old).length > 0)
        return allocations.release(ownerOf(draft), taken);
      const held = heldBy(old);
      const kept = heldBy(draft);
      const dropped = {
        addresses: held.addresses.filter((one) => !kept.addresses.includes(one)),
        nodePorts: held.nodePorts.filter((one) => !kept.nodePorts.includes(one)),
      };
      allocations.settleLater(draft, { taken, dropped }, context.now);
    },
    ratchets: true,
    validate: (service) => validateService(service),
    validateUpdate: validateServiceUpdate,
    validateStatusUpdate: validateServiceStatus,
    warnings: (service, _old, subresource) =>
      subresource === '' ? serviceWarnings(service) : serviceStatusWarnings(service),
    afterDelete: (service) => allocations.releaseService(service),
    selectableFields: (service) => ({
      'spec.clusterIP': service.spec?.clusterIP ?? '',
      'spec.type': service.spec?.type ?? '',
    }),
  };
}
