import { createServer, type Server } from 'node:http';
import type { Service } from '../../../src/apis/core/v1/types.ts';
import type { EndpointSlice } from '../../../src/apis/discovery.k8s.io/v1/types.ts';
import { ENDPOINT_SLICES, ROUTES, SERVICES } from '../../../src/apis/resource-types.ts';
import type { Route, RouteSpec } from '../../../src/apis/route.openshift.io/v1/types.ts';
import type { Client } from '../../../src/client/client.ts';
import type { ResourceType } from '../../../src/machinery/object.ts';
import { isNotFound } from '../../../src/machinery/status-error.ts';

/** TestPod is a server that stands for a pod. */
export interface TestPod {
  readonly server: Server;
  readonly port: number;
  readonly address: string;
}

/** to names a service as a route does. */
export const to = (name: string) => ({ kind: 'Service', name, weight: 100 });

/** ServedRoutes makes routes, and services with pods that answer. */
export class ServedRoutes {
  /** The pods of each service. */
  readonly pods = new Map<string, readonly TestPod[]>();
  readonly #client: Client;
  readonly #servers: Server[] = [];
  #nextAddress = 2;

  constructor(client: Client) {
    this.#client = client;
  }

  async #startPod(name: string): Promise<TestPod> {
    const server = createServer((asked, answer) => {
      answer.end(name === 'headers' ? JSON.stringify(asked.headers) : name);
    });
    this.#servers.push(server);
    const address = `127.0.1.${this.#nextAddress++}`;
    await new Promise<void>((resolve) => server.listen(8000, address, resolve));
    return { server, address, port: 8000 };
  }

  /** serve makes a service whose pods answer with texts, beside those that it keeps. */
  async serve(
    name: string,
    bodies: readonly string[],
    { keep = [], name: portName = '' }: { keep?: readonly TestPod[]; name?: string } = {},
  ): Promise<void> {
    const all = [...keep, ...(await Promise.all(bodies.map((one) => this.#startPod(one))))];
    this.pods.set(name, all);
    await this.#put(SERVICES, {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { namespace: 'p', name },
      spec: { clusterIP: '10.198.0.9', ports: [{ name: portName, port: 80, targetPort: 8000 }] },
    } as Service);
    await this.#put(ENDPOINT_SLICES, {
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: {
        namespace: 'p',
        name: `${name}-1`,
        labels: { 'kubernetes.io/service-name': name },
      },
      addressType: 'IPv4',
      ports: [{ name: portName, port: 8000, protocol: 'TCP' }],
      endpoints: all.map(({ address }) => ({ addresses: [address], conditions: { ready: true } })),
    } as EndpointSlice);
  }

  async putRoute(name: string, spec: Partial<RouteSpec> = {}, { created = 5 } = {}): Promise<void> {
    await this.#put(ROUTES, {
      apiVersion: 'route.openshift.io/v1',
      kind: 'Route',
      metadata: {
        namespace: 'p',
        name,
        uid: name,
        creationTimestamp: `2026-01-01T00:00:0${created}Z`,
      },
      spec: { host: `${name}-p.apps.test`, to: to(name), wildcardPolicy: 'None', ...spec },
    } as Route);
  }

  async #put<T extends Route | Service | EndpointSlice>(
    type: ResourceType<T>,
    object: T,
  ): Promise<void> {
    const { namespace, name = '' } = object.metadata;
    try {
      const { metadata } = await this.#client.get<T>(type, { namespace, name });
      await this.#client.update<T>(type, {
        ...object,
        metadata: { ...metadata, ...object.metadata },
      });
    } catch (error) {
      if (!isNotFound(error)) throw error;
      await this.#client.create<T>(type, object);
    }
  }

  close(): void {
    for (const server of this.#servers) server.close();
  }
}
