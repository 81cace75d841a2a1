import { readFile, writeFile } from 'node:fs/promises';
import type { ResolvedNetworkOptions } from './network-options.ts';
import { deleteLinks, ipBatch, linkExists } from './pods/host-links.ts';
import { runCommand } from './run-command.ts';

const IP_FORWARD = '/proc/sys/net/ipv4/ip_forward';

/**
 * setUpHost makes what all pods share: forwarding, the interface with the gateway address,
 * the route of the service network to it (so that unknown service addresses are refused here and
 * never leave by the default route), and an unreachable route for pod addresses without a pod.
 * Idempotent. The interface is a bridge without ports: Docker needs bridges anyway, while a kernel may
 * have no dummy interfaces.
 */
export async function setUpHost(options: ResolvedNetworkOptions): Promise<void> {
  if ((await readFile(IP_FORWARD, 'utf8')).trim() !== '1') await writeFile(IP_FORWARD, '1');
  const { gatewayInterface: name, gateway } = options;
  if (!(await linkExists(name))) await ipBatch([`link add ${name} type bridge`]);
  await ipBatch([
    `link set dev ${name} addrgenmode none`,
    `link set dev ${name} up`,
    `address replace ${gateway}/32 dev ${name}`,
    `route replace ${options.serviceCidr} dev ${name} src ${gateway}`,
    `route replace unreachable ${options.podCidr}`,
  ]);
}

/** hostIsSetUp tells whether everything that setUpHost makes is there. */
export async function hostIsSetUp(options: ResolvedNetworkOptions): Promise<boolean> {
  const { podCidr, serviceCidr, gatewayInterface } = options;
  const routes = await runCommand('ip', ['-4', 'route', 'show', 'table', 'main']);
  const lines = routes.split('\n');
  return (
    (await readFile(IP_FORWARD, 'utf8')).trim() === '1' &&
    lines.some((one) => one.startsWith(`${serviceCidr} dev ${gatewayInterface} `)) &&
    lines.some((one) => one.startsWith(`unreachable ${podCidr} `))
  );
}

/** tearDownHost removes what setUpHost made, except forwarding, which others rely on. */
export async function tearDownHost(options: ResolvedNetworkOptions): Promise<void> {
  await deleteLinks([options.gatewayInterface]);
  const routes = await runCommand('ip', ['-4', 'route', 'show', 'type', 'unreachable']);
  const present = routes
    .split('\n')
    .some((line) => line.startsWith(`unreachable ${options.podCidr} `));
  if (present) await ipBatch([`route delete unreachable ${options.podCidr}`]);
}
