import type { Pki } from '../../apiserver/access/pki.ts';
import type { ApiServer } from '../../apiserver/api-server.ts';
import type { Listener, TlsMaterial } from '../../apiserver/http/http-listener.ts';
import { type HttpTransport, newHttpTransport } from '../../client/http-transport.ts';
import type { Logger } from '../../controller-kit/controller.ts';
import type { ApiThreads } from './api-threads.ts';
import type { LateTransport } from './late-transport.ts';

const RENEWAL_CHECK_MS = 24 * 60 * 60 * 1000;

/** OpenPortsDeps is what the ports of the API need. */
export interface OpenPortsDeps {
  readonly server: Pick<ApiServer, 'listen'>;
  /** They take connections of these ports, where they run. */
  readonly threads: Pick<ApiThreads, 'take' | 'setTls'>;
  /** The transport of the server's own client, which opens streams over the first of these ports. */
  readonly late: Pick<LateTransport, 'upgradeOver'>;
  /** All authorities of client certificates. */
  readonly clientCaPem: string;
  /** Answers the key material as it is now, renewed where that is due. */
  currentPki(): Promise<Pki>;
  readonly log: Logger;
}

/** OpenPorts are the ports on which the API is served, with certificates that are renewed in time. */
export class OpenPorts {
  readonly #deps: OpenPortsDeps;
  readonly #listeners: Listener[] = [];
  readonly #renewing: NodeJS.Timeout;
  #pki: Pki;
  #ownUrl: string | undefined;
  #ownTransport: HttpTransport | undefined;

  constructor(pki: Pki, deps: OpenPortsDeps) {
    this.#pki = pki;
    this.#deps = deps;
    this.#renewing = setInterval(() => void this.renew(), RENEWAL_CHECK_MS);
    this.#renewing.unref();
  }

  /** The key material that is in use. */
  get pki(): Pki {
    return this.#pki;
  }

  /** What connections are served with. */
  get tls(): TlsMaterial {
    const { certPem, keyPem } = this.#pki.server;
    return { certPem, keyPem, clientCaPem: this.#deps.clientCaPem };
  }

  /** listen serves the API on one more address. */
  async listen(host: string, port: number): Promise<void> {
    const { server, threads } = this.#deps;
    const address = { host, port, tls: this.tls };
    const listener = await server.listen(address, (socket) => threads.take(socket));
    this.#listeners.push(listener);
    if (this.#ownUrl !== undefined) return;
    this.#ownUrl = `https://${host}:${listener.port}`;
    this.#connectToSelf();
  }

  /** renew gives the ports a new certificate when the present one nears its end; it never rejects. */
  async renew(): Promise<void> {
    const { threads, log } = this.#deps;
    try {
      const pki = await this.#deps.currentPki();
      if (!pki.renewed) return;
      this.#pki = pki;
      for (const listener of this.#listeners) listener.setTls(this.tls);
      threads.setTls(this.tls);
      this.#connectToSelf();
      log.info({}, 'the certificates were renewed');
    } catch (error) {
      log.error({ err: error }, 'the certificates could not be renewed; trying again tomorrow');
    }
  }

  /** close ends what these ports do of themselves; the ports are closed by the server. */
  async close(): Promise<void> {
    clearInterval(this.#renewing);
    await this.#ownTransport?.close();
  }

  /** Lets the server's own client open streams into pods, with the administrator's certificate. */
  #connectToSelf(): void {
    if (this.#ownUrl === undefined) return;
    const { authority, admin } = this.#pki;
    const { certPem, keyPem } = admin;
    const transport = { server: this.#ownUrl, caPem: authority.certPem, certPem, keyPem };
    // Streams that are open have connections of their own.
    void this.#ownTransport?.close();
    this.#ownTransport = newHttpTransport(transport);
    this.#deps.late.upgradeOver(this.#ownTransport);
  }
}
