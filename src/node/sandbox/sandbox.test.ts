import { describe, expect, it } from 'vitest';
import { aPod } from '../fake/pod-fixture.ts';
import { hostNetworkHostsFile, hostnameOf, hostsFile } from './hosts-file.ts';
import { pauseProgram } from './pause-program.ts';
import { dnsSettings, parseResolvConf, resolvConf } from './resolv-conf.ts';

const cluster = { servers: ['172.30.0.10'], clusterDomain: 'cluster.local' };
const node = parseResolvConf('nameserver 192.0.2.53\nsearch example.com\noptions ndots:1\n');

describe('the resolv.conf of a pod', () => {
  const text = (spec: object) => resolvConf(dnsSettings(aPod(spec), cluster, node));

  it('names the cluster first', () => {
    expect(text({})).toBe(
      'search test.svc.cluster.local svc.cluster.local cluster.local example.com\nnameserver 172.30.0.10\noptions ndots:5\n',
    );
  });

  it.each([{ dnsPolicy: 'Default' }, { dnsPolicy: 'ClusterFirst', hostNetwork: true }])(
    "is the node's for %j",
    (spec) => {
      expect(text(spec)).toBe('search example.com\nnameserver 192.0.2.53\noptions ndots:1\n');
    },
  );

  it('takes a configuration of its own', () => {
    const dnsConfig = {
      nameservers: ['192.0.2.1'],
      searches: ['a.example'],
      options: [{ name: 'ndots', value: '2' }, { name: 'edns0' }],
    };
    expect(text({ dnsPolicy: 'None', dnsConfig })).toBe(
      'search a.example\nnameserver 192.0.2.1\noptions ndots:2 edns0\n',
    );
    expect(text({ dnsConfig })).toContain('options ndots:2 edns0\n');
  });
});

describe('the hosts file of a pod', () => {
  it('names the pod', () => {
    expect(hostsFile(aPod(), '10.0.0.9', 'cluster.local')).toMatch(/\n10\.0\.0\.9\tweb\n$/);
  });

  it("is the node's on the node's network, with aliases", () => {
    const pod = aPod({ hostAliases: [{ ip: '192.0.2.9', hostnames: ['nine'] }] });
    expect(hostNetworkHostsFile(pod, '127.0.0.1 localhost\n')).toBe(
      '# Kubernetes-managed hosts file (host network).\n127.0.0.1 localhost\n\n# Entries added by HostAliases.\n192.0.2.9\tnine\n',
    );
  });

  it('cuts a long name to what the kernel takes', () => {
    const pod = aPod();
    pod.metadata.name = `${'a'.repeat(62)}-${'b'.repeat(20)}`;
    expect(hostnameOf(pod)).toBe('a'.repeat(62));
  });
});

describe('the program of a sandbox', () => {
  it('is a static executable of a few hundred bytes', () => {
    const program = pauseProgram('x86_64');
    expect(program.subarray(0, 4).toString('latin1')).toBe('\x7fELF');
    expect(program.length).toBeLessThan(300);
    expect(Number(program.readBigUInt64LE(24))).toBe(0x400000 + 120);
  });

  it('is refused for a machine that it does not know', () => {
    expect(() => pauseProgram('sparc64')).toThrow('sparc64');
  });
});
