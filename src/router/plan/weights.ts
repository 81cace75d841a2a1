/** WeightedServer is one pod behind a route, `ip:port`, with its share. */
export interface WeightedServer {
  readonly address: string;
  /** 1 to 256, relative to the other servers of the route. */
  readonly weight: number;
}

const MAX_WEIGHT = 100;

/**
 * weighServers spreads the weight of each service over its pods, so that the services get their
 * shares however many pods each has. Weights are as small as the shares allow: what HAProxy
 * computes for a change grows with them.
 */
export function weighServers(
  services: readonly { readonly weight: number; readonly addresses: readonly string[] }[],
): readonly WeightedServer[] {
  const serving = services.filter((one) => one.weight > 0 && one.addresses.length > 0);
  const shares = serving.map((one) => one.weight / one.addresses.length);
  const largest = Math.max(...shares);
  const scaled = shares.map((share) => Math.max(1, Math.round((share / largest) * MAX_WEIGHT)));
  const divisor = scaled.reduce(greatestCommonDivisor, 0) || 1;
  const servers = new Map<string, number>();
  serving.forEach((service, index) => {
    for (const address of service.addresses) {
      servers.set(address, (scaled[index] ?? 1) / divisor);
    }
  });
  return [...servers].map(([address, weight]) => ({ address, weight }));
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
