import { createServer, type Server } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Network, newNetwork } from '../../src/network/network.ts';
import {
  command,
  curl,
  newTestLog,
  startTestPod,
  type TestPod,
  testNetwork,
} from './network-fixture.ts';

const log = newTestLog();
let network: Network;
let web: TestPod;
let other: TestPod;
let webAddress: string;

beforeAll(async () => {
  network = newNetwork({ ...testNetwork, log, checkIntervalMs: 200 });
  await network.purge();
  await network.start();
  [web, other] = await Promise.all([startTestPod('web'), startTestPod('other')]);
  webAddress = (await network.attach(web, web.pid)).podIP;
  await network.attach(other, other.pid);
  await web.serve(8080, 'from web');
});

afterAll(async () => {
  await Promise.all([web?.stop(), other?.stop()]);
  await network?.purge();
});

describe('pods on the network', () => {
  it('reach each other', async () => {
    expect(await other.exec('curl', '-sS', `http://${webAddress}:8080`)).toBe('from web');
  });

  it('are reached from the host, which is the gateway to them', async () => {
    expect(await curl(`http://${webAddress}:8080`)).toBe('from web');
    expect((await network.attach(web, web.pid)).hostIP).toBe('10.199.0.1');
  });

  it('reach the host by the gateway address', async () => {
    const server = createServer((_, answer) => answer.end('from host'));
    await listen(server, '10.199.0.1');
    const { port } = server.address() as { port: number };
    expect(await other.exec('curl', '-sS', `http://10.199.0.1:${port}`)).toBe('from host');
    server.close();
  });

  it('are refused at once for an address without a pod and a service address without a service', async () => {
    for (const url of ['http://10.199.0.200', 'http://10.198.0.77:80']) {
      await expect(other.exec('curl', '-sS', '--max-time', '2', url)).rejects.toMatchObject({
        code: 7,
      });
    }
  });

  it('have the MTU of the uplink', async () => {
    const uplink = /dev (\S+)/.exec(await command('ip', '-4', 'route', 'show', 'default'))?.[1];
    if (uplink === undefined) return;
    const mtu = /mtu (\d+)/.exec(await command('ip', 'link', 'show', uplink))?.[1];
    expect(await web.exec('ip', 'link', 'show', 'eth0')).toContain(`mtu ${mtu} `);
  });
});

describe('addresses', () => {
  it('stay the same when asked again, and after a restart', async () => {
    expect((await network.attach(web, web.pid)).podIP).toBe(webAddress);
    await network.stop();
    network = newNetwork({ ...testNetwork, log, checkIntervalMs: 200 });
    await network.start();
    expect((await network.attach(web, web.pid)).podIP).toBe(webAddress);
    expect(await curl(`http://${webAddress}:8080`)).toBe('from web');
  });

  it('stay the same when the sandbox of the pod was replaced', async () => {
    const first = await startTestPod('again');
    const { podIP } = await network.attach(first, first.pid);
    const second = await startTestPod('again');
    expect((await network.attach({ ...second, uid: first.uid }, second.pid)).podIP).toBe(podIP);
    await second.serve(8080, 'second');
    expect(await curl(`http://${podIP}:8080`)).toBe('second');
    await Promise.all([first.stop(), second.stop()]);
    await network.detach(first.uid);
  });

  it('are not given to the host itself', async () => {
    await expect(network.attach({ ...web, uid: 'host' }, process.pid)).rejects.toThrow(
      "in the host's network namespace",
    );
  });
});

describe('what others remove', () => {
  it('comes back: accept rules, table, routes', async () => {
    const added = (await command('iptables', '-S')).match(/^-A .*sptest pods.*$/gm) ?? [];
    expect(added).toHaveLength(2);
    for (const rule of added) {
      const [, chain = '', ...rest] = rule.replaceAll('"sptest pods"', 'COMMENT').split(' ');
      const words = rest.map((word) => (word === 'COMMENT' ? 'sptest pods' : word));
      await command('iptables', '-D', chain, ...words);
    }
    await command('nft', 'delete', 'table', 'ip', 'sptest');
    await command('ip', 'link', 'delete', 'spt0');
    await expect
      .poll(async () => {
        const rules = await command('iptables', '-S');
        const tables = await command('nft', 'list', 'tables');
        const routes = await command('ip', 'route');
        return [rules, tables, routes].map(
          (text) => /spt0|sptest pods|table ip sptest/.exec(text)?.[0],
        );
      })
      .toEqual(['sptest pods', 'table ip sptest', 'spt0']);
  });
});

describe('purge', () => {
  it('leaves nothing of this instance', async () => {
    await network.purge();
    const left = await Promise.all([
      command('iptables', '-S'),
      command('nft', 'list', 'tables'),
      command('ip', 'link'),
      command('ip', 'route'),
    ]);
    expect(left.join('\n')).not.toMatch(/sptest|spt0|10\.19[89]\./);
  });
});

function listen(server: Server, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, host, resolve);
  });
}
