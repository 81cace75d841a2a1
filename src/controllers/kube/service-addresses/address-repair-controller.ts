import type { Service } from '../../../apis/core/v1/types.ts';
import {
  addressFor,
  isLabelled,
  isManaged,
} from '../../../apis/networking.k8s.io/v1/service-address.ts';
import type { IPAddress } from '../../../apis/networking.k8s.io/v1/types.ts';
import { IP_ADDRESSES, SERVICE_CIDRS, SERVICES } from '../../../apis/resource-types.ts';
import { createUnlessExists } from '../../../client/create-unless-exists.ts';
import {
  type Controller,
  type ControllerDeps,
  type ReconcileResult,
  source,
} from '../../../controller-kit/controller.ts';
import { familyOf, parseAddress } from '../../../machinery/ip-prefix.ts';
import { objectKey } from '../../../machinery/object.ts';
import { isNotFound, newConflict } from '../../../machinery/status-error.ts';
import { holdsAddress } from './service-range-controller.ts';

const BY_ADDRESS = 'address';
/** How long an IPAddress may be there before its service is. */
const CREATE_MS = 60_000;
/** How long one may name a service that does not have it: its create may be on its way back. */
const UNDO_MS = 5000;

function addressesOf({ spec }: Service): string[] {
  const { clusterIP, clusterIPs = clusterIP ? [clusterIP] : [] } = spec ?? {};
  return clusterIPs.filter((one) => parseAddress(one) !== undefined);
}

/** The key of the service that an IPAddress names; undefined where it names no service. */
function parentOf({ spec }: IPAddress): string | undefined {
  const { group = '', resource, namespace, name } = spec?.parentRef ?? {};
  return group === '' && resource === 'services' ? `${namespace}/${name}` : undefined;
}

const bornMs = ({ metadata }: Service | IPAddress) => Date.parse(metadata.creationTimestamp ?? '');

/**
 * newAddressRepairController keeps one IPAddress for each address of a service, and none that it
 * manages without a service (kube-apiserver's `ipallocator-repair-controller`). A key is an address.
 */
export function newAddressRepairController(deps: ControllerDeps): Controller {
  const services = deps.informers.informer(SERVICES);
  const objects = deps.informers.informer(IP_ADDRESSES);
  const ranges = deps.informers.informer(SERVICE_CIDRS);
  services.addIndex(BY_ADDRESS, addressesOf);
  const repair = new AddressRepair(deps);
  return {
    name: 'ipallocator-repair-controller',
    sources: [
      // The address that a service gives up goes with the same request.
      { type: SERVICES, keys: ({ current }) => (current ? addressesOf(current) : []) },
      source(IP_ADDRESSES, ({ metadata }) => [metadata.name ?? '']),
      source(SERVICE_CIDRS, () => []),
    ],
    async reconcile(address) {
      const object = objects.get(address);
      const users = services.byIndex(BY_ADDRESS, address);
      const parent = object && parentOf(object);
      if (users.length === 0) {
        const named = parent === undefined ? undefined : services.get(parent);
        return object && isManaged(object) ? repair.orphan(object, parent, named) : undefined;
      }
      const known = ranges.list();
      const isInRange = known.length === 0 || known.some((range) => holdsAddress(range, address));
      await repair.used(address, { users, object, isInRange });
      return undefined;
    },
  };
}

/** Used is what there is of an address that services have. */
interface Used {
  readonly users: readonly Service[];
  readonly object: IPAddress | undefined;
  readonly isInRange: boolean;
}

class AddressRepair {
  readonly #deps: ControllerDeps;

  constructor(deps: ControllerDeps) {
    this.#deps = deps;
  }

  /** orphan deletes an IPAddress that no service has, when none can be about to have it. */
  async orphan(
    object: IPAddress,
    parent: string | undefined,
    named: Service | undefined,
  ): Promise<ReconcileResult | undefined> {
    const { name = '' } = object.metadata;
    const { recorder, clock } = this.#deps;
    const isYounger = named === undefined || bornMs(object) > bornMs(named);
    const patienceMs = named === undefined ? CREATE_MS : UNDO_MS;
    const restMs = bornMs(object) + patienceMs - clock.now().getTime();
    if (parent !== undefined && isYounger && restMs > 0) return { requeueAfterMs: restMs };
    if (parent === undefined) {
      const text = `IPAddress ${name} appears to have been modified, not referencing a Service: cleaning up`;
      recorder.event(object, 'Warning', 'IPAddressNotAllocated', text);
    } else if (named === undefined) {
      const text = `IPAddress: ${name} for Service ${parent} appears to have leaked: cleaning up`;
      recorder.event(object, 'Warning', 'IPAddressNotAllocated', text);
    } else {
      const text = `IPAddress: ${name} for Service ${parent} has a wrong reference; cleaning up`;
      recorder.event(object, 'Warning', 'IPAddressWrongReference', text);
    }
    await this.#remove(name);
    return undefined;
  }

  /** used sees to it that an address of services has an IPAddress that names one of them. */
  async used(address: string, { users, object, isInRange }: Used): Promise<void> {
    const [first] = users;
    if (first === undefined) return;
    const family = familyOf(address);
    if (!isInRange) {
      const text = `Cluster IP [${family}]: ${address} is not within any configured Service CIDR; please recreate service`;
      return this.#warn(users, 'ClusterIPOutOfRange', text);
    }
    if (object === undefined) {
      if (!(await this.#create(address, first))) return;
      const text = `Cluster IP [${family}]: ${address} is not allocated; repairing`;
      return this.#warn([first], 'ClusterIPNotAllocated', text);
    }
    const owner = users.find((one) => objectKey(one) === parentOf(object));
    if (owner === undefined) {
      const text = `the ClusterIP [${family}]: ${address} for Service ${objectKey(first)} has a wrong reference; repairing`;
      this.#warn([first], 'ClusterIPNotAllocated', text);
      return this.#replace(address, first);
    }
    const others = users.filter((one) => one !== owner);
    const text = `Cluster IP [${family}]:${address} was assigned to multiple services; please recreate service`;
    this.#warn(others, 'ClusterIPAlreadyAllocated', text);
    if (!isLabelled(object)) await this.#replace(address, owner);
  }

  #warn(services: readonly Service[], reason: string, message: string): void {
    for (const one of services) this.#deps.recorder.event(one, 'Warning', reason, message);
  }

  /** Answers whether there was none. */
  async #create(address: string, service: Service): Promise<boolean> {
    const object = addressFor(address, service);
    return (await createUnlessExists(this.#deps.client, IP_ADDRESSES, object)) !== undefined;
  }

  async #replace(address: string, service: Service): Promise<void> {
    await this.#remove(address);
    if (!(await this.#create(address, service))) throw newConflict(IP_ADDRESSES, address);
  }

  async #remove(name: string): Promise<void> {
    try {
      await this.#deps.client.delete(IP_ADDRESSES, { name });
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
  }
}
