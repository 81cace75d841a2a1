import type { Service } from '../../../apis/core/v1/types.ts';
import { addressFor } from '../../../apis/networking.k8s.io/v1/service-address.ts';
import { IP_ADDRESSES } from '../../../apis/resource-types.ts';
import type { Client } from '../../../client/client.ts';
import { createUnlessExists } from '../../../client/create-unless-exists.ts';

/** AddressObjects writes the IPAddress that there is of each address of a service. */
export class AddressObjects {
  readonly #client: Client;

  constructor(client: Client) {
    this.#client = client;
  }

  /** hold writes the object of an address; false: there is one, the address is somebody else's. */
  async hold(address: string, service: Service): Promise<boolean> {
    const object = addressFor(address, service);
    return (await createUnlessExists(this.#client, IP_ADDRESSES, object)) !== undefined;
  }

  /**
   * drop deletes the object. It never fails: what stays is deleted by the controller that repairs
   * addresses.
   */
  async drop(address: string): Promise<void> {
    await this.#client.delete(IP_ADDRESSES, { name: address }).catch(() => undefined);
  }

  /** all answers the addresses that have an object. */
  async all(): Promise<ReadonlySet<string>> {
    const { items } = await this.#client.list(IP_ADDRESSES);
    return new Set(items.map(({ metadata }) => metadata.name ?? ''));
  }
}
