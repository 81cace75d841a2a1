import type { ApiRequest, Transport } from '../../client/transport.ts';
import type { ClientMetrics } from './client-metrics.ts';

/**
 * LateTransport stands for a transport that does not exist yet: the API server's definitions need
 * a client of the very server that is made from them. Requests before `resolve` fail loudly.
 */
export class LateTransport implements Transport {
  #target: Transport | undefined;
  #overHttps: Transport | undefined;
  readonly #metrics: ClientMetrics | undefined;

  /** Requests are counted where there is somewhere to. */
  constructor(metrics?: ClientMetrics) {
    this.#metrics = metrics;
  }

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
    if (!this.#metrics) return this.#get().request(request);
    return this.#metrics.counted(request.method, () => this.#get().request(request));
  }

  upgrade(request: ApiRequest, protocols: readonly string[]) {
    return (this.#overHttps ?? this.#get()).upgrade(request, protocols);
  }
}
