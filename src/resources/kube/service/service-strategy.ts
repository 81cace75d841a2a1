import { defaultService, isExternallyAccessible } from '../../../apis/core/v1/defaults.ts';
import { validateServiceStatus } from '../../../apis/core/v1/load-balancer-validation.ts';
import { isHeadless } from '../../../apis/core/v1/service-address-validation.ts';
import { serviceStatusWarnings, serviceWarnings } from '../../../apis/core/v1/service-warnings.ts';
import type { Service, ServiceSpec } from '../../../apis/core/v1/types.ts';
import { validateService, validateServiceUpdate } from '../../../apis/core/v1/validation.ts';
import type { Strategy } from '../../../apiserver/resource-definition.ts';
import { deepEqual } from '../../../machinery/deep-equal.ts';
import { setFamilies } from './ip-families.ts';
import { ownerOf } from './service-addresses.ts';
import type { ServiceAllocations } from './service-allocations.ts';

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

/** Claiming is what one service claims with; a dry run takes nothing of what it is shown. */
interface Claiming {
  readonly allocations: ServiceAllocations;
  readonly draft: Service;
  readonly old?: Service;
  readonly dryRun: boolean;
  readonly taken: Taken;
}

/** Claims what a service needs and does not hold yet; gives all back when one claim fails. */
async function claim(what: Omit<Claiming, 'taken'>): Promise<Taken> {
  const taken: Taken = { addresses: [], nodePorts: [] };
  const { allocations, draft, old } = what;
  const { spec } = draft;
  if (spec === undefined) return taken;
  const claiming = { ...what, taken };
  try {
    if (needsAddress(spec) && (!old || old.spec?.type === 'ExternalName'))
      await claimAddress(claiming, spec);
    if (hasNodePorts(spec)) claimPorts(claiming);
    const health = spec.healthCheckNodePort ?? 0;
    if (needsHealthPort(spec) && !(old?.spec && needsHealthPort(old.spec))) {
      spec.healthCheckNodePort =
        dryPort(claiming, health) ?? allocations.claimHealthPort(draft, health);
      taken.nodePorts.push(spec.healthCheckNodePort);
    }
    return taken;
  } catch (error) {
    await allocations.release(ownerOf(draft), taken);
    throw error;
  }
}

async function claimAddress(claiming: Claiming, spec: ServiceSpec): Promise<void> {
  const { allocations, draft, dryRun, taken } = claiming;
  const wanted = spec.clusterIP ?? '';
  const address = dryRun
    ? allocations.previewAddress(draft, wanted)
    : await allocations.claimAddress(draft, wanted);
  if (!dryRun) taken.addresses.push(address);
  spec.clusterIP = address;
  spec.clusterIPs = [address];
}

/** Behind this one come the node ports that a dry run shows where any will do, as upstream. */
const LAST_PORT = 32_768;

/** Answers the port that a dry run shows; undefined where it is to be claimed. */
function dryPort({ dryRun, taken }: Claiming, wanted: number): number | undefined {
  if (!dryRun || wanted !== 0) return undefined;
  return (taken.nodePorts.length === 0 ? LAST_PORT : Math.max(...taken.nodePorts)) + 1;
}

/** What is new shares its node port among ports of the same number, of TCP and UDP say. */
function claimPorts(claiming: Claiming): void {
  const { draft, old, taken } = claiming;
  const held = old && old.spec?.type !== 'ExternalName' ? heldBy(old) : NOTHING;
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
    const claimed = { ...port, nodePort: wanted };
    port.nodePort =
      dryPort(claiming, wanted) ?? claiming.allocations.claimNodePort(draft, claimed, index);
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

/**
 * serviceStrategy allocates addresses and node ports as upstream's service REST storage does;
 * `afterDelete` deletes what goes with a service.
 */
export function serviceStrategy(
  allocations: ServiceAllocations,
  afterDelete: (service: Service) => Promise<void>,
): Strategy<Service> {
  const claims = new WeakMap<Service, Taken>();
  return {
    hasStatus: true,
    statusChangesMetadata: true,
    allowCreateOnUpdate: true,
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
      const taken = await claim({ allocations, draft, dryRun: context.dryRun });
      if (context.dryRun) await allocations.release(ownerOf(draft), taken);
      else claims.set(draft, taken);
    },
    async undoCreate(draft) {
      const taken = claims.get(draft);
      if (taken === undefined) return;
      claims.delete(draft);
      await allocations.release(ownerOf(draft), taken);
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
      const taken = await claim({ allocations, draft, old, dryRun: context.dryRun });
      dropOldType(spec, before);
      if (context.dryRun || validateServiceUpdate(draft, old).length > 0)
        return allocations.release(ownerOf(draft), taken);
      allocations.settleLater(draft, taken, context.now);
    },
    async afterUpdate(service, old) {
      const [held, kept] = [heldBy(old), heldBy(service)];
      await allocations.release(ownerOf(service), {
        addresses: held.addresses.filter((one) => !kept.addresses.includes(one)),
        nodePorts: held.nodePorts.filter((one) => !kept.nodePorts.includes(one)),
      });
    },
    ratchets: true,
    validate: (service) => validateService(service),
    validateUpdate: validateServiceUpdate,
    validateStatusUpdate: validateServiceStatus,
    warnings: (service, _old, subresource) =>
      subresource === '' ? serviceWarnings(service) : serviceStatusWarnings(service),
    async afterDelete(service) {
      await afterDelete(service);
      await allocations.release(ownerOf(service), heldBy(service));
    },
    selectableFields: (service) => ({
      'spec.clusterIP': service.spec?.clusterIP ?? '',
      'spec.type': service.spec?.type ?? '',
    }),
  };
}
