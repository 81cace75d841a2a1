import { describe, expect, it } from 'vitest';
import { hostCommands, hostEndName, linkAlias, parseLinkAlias, podMac } from './link-plan.ts';

const uid = '6d1a2f34-0000-4000-8000-000000000001';

describe('pod links', () => {
  it('have host ends of at most 15 letters that begin with the prefix', () => {
    expect(hostEndName('sampan', uid)).toMatch(/^sampan[0-9a-f]{9}$/);
    expect(hostEndName('sp', uid)).toHaveLength(15);
  });

  it('are recognized by their alias, and other interfaces are not', () => {
    const link = { interfaceName: 'sampan1', podUid: uid, address: '10.128.0.7' };
    expect(parseLinkAlias('sampan1', linkAlias(link))).toEqual(link);
    expect(parseLinkAlias('veth0', 'uplink of web')).toBeUndefined();
  });

  it('have a hardware address that follows from the address', () => {
    expect(podMac('10.128.0.15')).toBe('0a:58:0a:80:00:0f');
  });

  it('are routed with the gateway as source', () => {
    const link = { interfaceName: 'sampan1', podUid: uid, address: '10.128.0.7' };
    const commands = hostCommands(link, { pid: 42, mtu: 1400, gateway: '10.128.0.1' });
    expect(commands.at(-1)).toBe('route replace 10.128.0.7/32 dev sampan1 src 10.128.0.1');
    expect(commands[0]).toContain('mtu 1400 netns 42');
  });
});
