import { isManaged } from '../../../apis/networking.k8s.io/v1/service-address.ts';
import type { IPAddress, ServiceCIDR } from '../../../apis/networking.k8s.io/v1/types.ts';
import { IP_ADDRESSES, SERVICE_CIDRS } from '../../../apis/resource-types.ts';
import {
  type Controller,
  type ControllerDeps,
  source,
} from '../../../controller-kit/controller.ts';
import { contains, networkOf, parseAddress, parsePrefix } from '../../../machinery/ip-prefix.ts';
import { isNotFound } from '../../../machinery/status-error.ts';
import { timestampOf } from '../../../machinery/timestamp.ts';
import { setFinalizer } from '../finalizer.ts';

const NAME = 'service-cidr-controller';
const FINALIZER = 'networking.k8s.io/service-cidr-finalizer';
/** How long a range is kept at least after its delete, for creates of services under way. */
const GRACE_MS = 10_000;

const READY = { status: 'True', reason: '', message: 'Kubernetes Service CIDR is ready' } as const;
const IN_USE = {
  status: 'False',
  reason: 'Terminating',
  message:
    'There are still IPAddresses referencing the ServiceCIDR, please remove them or create a new ServiceCIDR',
} as const;

const cidrsOf = ({ spec }: ServiceCIDR) => spec?.cidrs ?? [];

/** holdsAddress tells whether a range has an address. */
export function holdsAddress(range: ServiceCIDR, address: string): boolean {
  const parsed = parseAddress(address);
  return cidrsOf(range).some((cidr) => {
    const prefix = parsePrefix(cidr);
    return parsed !== undefined && prefix !== undefined && contains(prefix, parsed);
  });
}

/** Tells whether a range has all of a CIDR. */
function holdsCidr(range: ServiceCIDR, cidr: string): boolean {
  const inner = parsePrefix(cidr);
  return cidrsOf(range).some((one) => {
    const outer = parsePrefix(one);
    if (inner === undefined || outer === undefined || outer.bits > inner.bits) return false;
    return contains(outer, networkOf(inner));
  });
}

/** Tells whether a range may go: others hold what is in it, or no address of a service is in it. */
function mayGo(
  range: ServiceCIDR,
  others: readonly ServiceCIDR[],
  addresses: readonly IPAddress[],
): boolean {
  if (cidrsOf(range).every((cidr) => others.some((one) => holdsCidr(one, cidr)))) return true;
  return !addresses.some((address) => {
    const { name = '' } = address.metadata;
    if (!isManaged(address) || !holdsAddress(range, name)) return false;
    return !others.some((one) => holdsAddress(one, name));
  });
}

/**
 * newServiceRangeController keeps a ServiceCIDR while services have addresses that only it holds,
 * and says whether it is ready (kube-controller-manager's `service-cidr-controller`).
 */
export function newServiceRangeController(deps: ControllerDeps): Controller {
  const { client, clock } = deps;
  const ranges = deps.informers.informer(SERVICE_CIDRS);
  const addresses = deps.informers.informer(IP_ADDRESSES);
  const going = () =>
    ranges.list().filter(({ metadata }) => metadata.deletionTimestamp !== undefined);
  const names = (found: readonly ServiceCIDR[]) => found.map(({ metadata }) => metadata.name ?? '');

  async function say(range: ServiceCIDR, condition: typeof READY | typeof IN_USE): Promise<void> {
    const { name = '' } = range.metadata;
    const now = range.status?.conditions?.find(({ type }) => type === 'Ready');
    const { status, reason, message } = condition;
    if (now?.status === status && now.message === message && (now.reason ?? '') === reason) return;
    const ready = { type: 'Ready', ...condition, lastTransitionTime: timestampOf(clock.now()) };
    const body = {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'ServiceCIDR',
      metadata: { name },
      status: { conditions: [ready] },
    };
    try {
      await client.patch(
        SERVICE_CIDRS,
        { name },
        { type: 'application/apply-patch+yaml', body },
        { subresource: 'status', fieldManager: NAME, force: true },
      );
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
  }

  return {
    name: NAME,
    sources: [
      source(SERVICE_CIDRS, ({ metadata }) => [metadata.name ?? '', ...names(going())]),
      source(IP_ADDRESSES, ({ metadata }) =>
        names(going().filter((range) => holdsAddress(range, metadata.name ?? ''))),
      ),
    ],
    async reconcile(key) {
      const range = ranges.get(key);
      if (range === undefined) return undefined;
      const what = { type: SERVICE_CIDRS, object: range, finalizer: FINALIZER };
      const { deletionTimestamp } = range.metadata;
      if (deletionTimestamp === undefined) {
        await setFinalizer(client, { ...what, wanted: true });
        await say(range, READY);
        return undefined;
      }
      const others = ranges.list().filter(({ metadata }) => metadata.name !== key);
      if (!mayGo(range, others, addresses.list())) {
        await say(range, IN_USE);
        return undefined;
      }
      const restMs = Date.parse(deletionTimestamp) + GRACE_MS - clock.now().getTime();
      if (restMs > 0) return { requeueAfterMs: restMs };
      await setFinalizer(client, { ...what, wanted: false });
      return undefined;
    },
  };
}
