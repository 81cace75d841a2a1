import { runCommand } from '../run-command.ts';
import { type PodLink, parseLinkAlias } from './link-plan.ts';

interface LinkInfo {
  readonly ifname?: string;
  readonly ifalias?: string;
  readonly mtu?: number;
}

interface RouteInfo {
  readonly dev?: string;
  readonly metric?: number;
}

/** ipBatch runs lines through one `ip -batch`, optionally inside the network of a process. */
export async function ipBatch(lines: readonly string[], pid?: number): Promise<void> {
  const input = `${lines.join('\n')}\n`;
  if (pid === undefined) await runCommand('ip', ['-batch', '-'], input);
  else await runCommand('nsenter', [`--net=/proc/${pid}/ns/net`, 'ip', '-batch', '-'], input);
}

async function readLinks(args: readonly string[]): Promise<readonly LinkInfo[]> {
  const text = await runCommand('ip', ['-json', 'link', 'show', ...args]);
  // ip pads missing interfaces with empty objects.
  return (JSON.parse(text || '[]') as LinkInfo[]).filter((one) => one.ifname !== undefined);
}

/** readPodLinks finds the host ends of an instance's pods, by their prefix and alias. */
export async function readPodLinks(prefix: string): Promise<readonly PodLink[]> {
  const links = await readLinks(['type', 'veth']);
  return links
    .filter((one) => one.ifname?.startsWith(prefix) && one.ifalias !== undefined)
    .map((one) => parseLinkAlias(one.ifname ?? '', one.ifalias ?? ''))
    .filter((one) => one !== undefined);
}

/** uplinkMtu is the MTU of the interface of the default route; 1500 where there is none. */
export async function uplinkMtu(): Promise<number> {
  const text = await runCommand('ip', ['-json', '-4', 'route', 'show', 'default']);
  const routes = JSON.parse(text || '[]') as RouteInfo[];
  const [best] = [...routes].sort((a, b) => (a.metric ?? 0) - (b.metric ?? 0));
  if (best?.dev === undefined) return 1500;
  const [link] = await readLinks(['dev', best.dev]);
  return link?.mtu ?? 1500;
}

/** linkExists tells whether the host has an interface of a name. */
export async function linkExists(name: string): Promise<boolean> {
  const links = await readLinks([]);
  return links.some((one) => one.ifname === name);
}

/** deleteLinks removes interfaces; those that are gone already are fine. */
export async function deleteLinks(names: readonly string[]): Promise<void> {
  if (names.length === 0) return;
  const lines = names.map((name) => `link delete dev ${name}`).join('\n');
  try {
    await runCommand('ip', ['-force', '-batch', '-'], `${lines}\n`);
  } catch (cause) {
    const present = new Set((await readLinks([])).map((one) => one.ifname));
    const left = names.filter((name) => present.has(name));
    if (left.length > 0) throw new Error(`cannot delete ${left.join(', ')}`, { cause });
  }
}
