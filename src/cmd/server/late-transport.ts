import type { ApiRequest, Transport } from '../../client/transport.ts';

/**
 * LateTransport stands for a transport that does not exist yet: the API server's definitions need
 * a client of the very server that is made from them. Requests before `resolve` fail loudly.
 */
export class LateTransport implements Transport {
  #target: Transport | undefined;
  #overHttps: Transport | undefined;

  /** resolve sets the transport that everything goes to from now on. */
  resolve(target: Transport): void {
    this.#target = target;
  }

  /** upgradeOver sets where WebSockets are opened: streams into pods need a socket, even in-process. */
  upgradeOver(transport: Transport): void {
    this.#overHttps = transport;
  }

  #get(): Transport {
    if (!this.#target) throw new Error('the API server is not ready');
    return this.#target;
  }

  request(request: ApiRequest) {
    return this.#get().request(request);
  }

  upgrade(request: ApiRequest, protocols: readonly string[]) {
    return (this.#overHttps ?? this.#get()).upgrade(request, protocols);
  }
}
