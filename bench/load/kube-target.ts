import type { ChildProcess } from 'node:child_process';
import { createPrivateKey } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ensurePki } from '../../src/apiserver/access/pki.ts';
import { freePort } from '../../test/integration/support/free-port.ts';
import { kill, run, type Target, untilReady } from './target.ts';

/** KubePrograms are the paths of the real programs. */
export interface KubePrograms {
  readonly apiserver: string;
  readonly etcd: string;
}

/** kubePrograms are named by the environment; undefined where they are not. */
export function kubePrograms(): KubePrograms | undefined {
  const { SAMPAN_BENCH_KUBE_APISERVER: apiserver, SAMPAN_BENCH_ETCD: etcd } = process.env;
  return apiserver && etcd ? { apiserver, etcd } : undefined;
}

/**
 * startKube starts a real kube-apiserver and etcd over an empty store, with TLS, RBAC and etcd's
 * own ideas of durability. Limits on requests under way are out of the way of the load.
 */
export async function startKube(
  programs: KubePrograms,
  directory: string,
): Promise<{ target: Target; readyMs: number }> {
  const pkiDirectory = join(directory, 'pki');
  await mkdir(directory, { recursive: true });
  const pki = await ensurePki({
    directory: pkiDirectory,
    dnsNames: ['localhost'],
    ipAddresses: ['127.0.0.1'],
    routeDomain: 'apps.localhost',
    now: () => new Date(),
  });
  const file = (name: string) => join(pkiDirectory, name);
  // kube-apiserver reads a key of this form only.
  const signingKey = createPrivateKey(pki.signingKeys.signingKeyPem).export({
    type: 'sec1',
    format: 'pem',
  });
  await writeFile(file('signing.pem'), signingKey);
  const port = await freePort();
  const [clientUrl, peerUrl] = [
    `http://127.0.0.1:${await freePort()}`,
    `http://127.0.0.1:${await freePort()}`,
  ];
  const etcdArgs = [
    `--data-dir=${join(directory, 'etcd')}`,
    `--listen-client-urls=${clientUrl}`,
    `--advertise-client-urls=${clientUrl}`,
    `--listen-peer-urls=${peerUrl}`,
    `--initial-advertise-peer-urls=${peerUrl}`,
    `--initial-cluster=default=${peerUrl}`,
    '--log-level=error',
  ];
  const apiserverArgs = [
    `--etcd-servers=${clientUrl}`,
    `--secure-port=${port}`,
    '--bind-address=127.0.0.1',
    '--advertise-address=10.11.12.13',
    '--endpoint-reconciler-type=none',
    `--tls-cert-file=${file('server.crt')}`,
    `--tls-private-key-file=${file('server.key')}`,
    `--client-ca-file=${file('ca.crt')}`,
    '--authorization-mode=RBAC',
    `--service-account-key-file=${file('signing.pem')}`,
    `--service-account-signing-key-file=${file('signing.pem')}`,
    '--service-account-issuer=https://kubernetes.default.svc',
    '--service-cluster-ip-range=172.31.0.0/16',
    '--allow-privileged',
    '--max-requests-inflight=4000',
    '--max-mutating-requests-inflight=2000',
  ];
  const { authority, admin } = pki;
  const credentials = {
    port,
    caPem: authority.certPem,
    certPem: admin.certPem,
    keyPem: admin.keyPem,
  };
  let children: ChildProcess[] = [];
  const start = async () => {
    const started = performance.now();
    children = [
      run(programs.etcd, etcdArgs, join(directory, 'etcd.log')),
      run(programs.apiserver, apiserverArgs, join(directory, 'apiserver.log')),
    ];
    await untilReady(credentials);
    return performance.now() - started;
  };
  const readyMs = await start();
  const target: Target = {
    name: 'kube-apiserver',
    ...credentials,
    pids: () => children.flatMap(({ pid }) => (pid === undefined ? [] : [pid])),
    start,
    stop: async () => {
      for (const child of children) await kill(child);
    },
  };
  return { target, readyMs };
}
