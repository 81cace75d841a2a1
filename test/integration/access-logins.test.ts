import { execFile } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { signRequest } from '../../src/apiserver/access/sign-request.ts';
import type { ControlPlane } from '../../src/cmd/server/control-plane.ts';
import { newEventRecorder } from '../../src/controller-kit/event-recorder.ts';
import { newManager } from '../../src/controller-kit/manager.ts';
import { systemClock } from '../../src/controller-kit/system-clock.ts';
import { newApprovingController } from '../../src/controllers/kube/certificates/approving-controller.ts';
import { newSigningController } from '../../src/controllers/kube/certificates/signing-controller.ts';
import { kubeconfigText } from './support/kubeconfigs.ts';
import { findKubectls, findOc, runClient } from './support/kubectl.ts';
import { startTestPlane } from './support/test-plane.ts';

const execute = promisify(execFile);
const openssl = (command: string[]) => execute('openssl', command);
const log = { debug() {}, info() {}, warn: console.warn, error: console.error };
const clients = [...findKubectls(), ...findOc()];
const [kubectl = ''] = findKubectls();

let directory: string;
let plane: ControlPlane;
let url: string;
let stopControllers: () => Promise<void>;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'sampan-logins-'));
  const tokens = join(directory, 'tokens.csv');
  await writeFile(tokens, 'token-of-erin,erin,42,"devs,system:masters"\n');
  ({ plane, url } = await startTestPlane(join(directory, 'data'), {
    log,
    flags: { '--token-auth-file': tokens },
  }));
  const { client, informers, pki } = plane;
  const recorder = newEventRecorder({ client, log, clock: systemClock, component: 'test' });
  const deps = { client, informers, clock: systemClock, log, recorder };
  const manager = newManager({ informers, clock: systemClock, log });
  manager.add(newApprovingController(deps));
  manager.add(
    newSigningController(deps, async (pem, options) => {
      const text = Buffer.from(pem, 'base64').toString();
      const signed = await signRequest(pki.authority, text, { ...options, now: new Date() });
      return Buffer.from(signed).toString('base64');
    }),
  );
  manager.start();
  stopControllers = () => manager.stop();
});

afterAll(async () => {
  await stopControllers();
  await plane.close();
  await rm(directory, { recursive: true, force: true });
});

/** Writes a kubeconfig with a user; answers its path. */
async function kubeconfigOf(name: string, user: object): Promise<string> {
  const path = join(directory, `${name}.kubeconfig`);
  await writeFile(path, kubeconfigText(url, plane.pki.authority.certPem, user));
  return path;
}

const base64 = (text: string) => Buffer.from(text).toString('base64');
const adminConfig = () =>
  kubeconfigOf('admin', {
    'client-certificate-data': base64(plane.pki.admin.certPem),
    'client-key-data': base64(plane.pki.admin.keyPem),
  });

async function run(program: string, kubeconfig: string, command: string[], stdin?: string) {
  const options = { kubeconfig, ...(stdin === undefined ? {} : { stdin }) };
  const { stdout, stderr } = await runClient(program, command, options);
  return (stdout + stderr).trim();
}

/** Asks who one is: kubectl auth whoami is new, a create of the review works with all of them. */
async function nameOf(program: string, kubeconfig: string): Promise<string> {
  const review = '{"apiVersion":"authentication.k8s.io/v1","kind":"SelfSubjectReview"}';
  const command = ['create', '-f', '-', '-o', 'jsonpath={.status.userInfo}', '--validate=false'];
  return run(program, kubeconfig, command, review);
}

/** Asks for a token of a service account: kubectl create token is new, a raw create works with all of them. */
async function tokenOf(name: string, kubeconfig: string): Promise<string> {
  const path = `/api/v1/namespaces/default/serviceaccounts/${name}/token`;
  const review = '{"apiVersion":"authentication.k8s.io/v1","kind":"TokenRequest","spec":{}}';
  const answer = await run(kubectl, kubeconfig, ['create', '--raw', path, '-f', '-'], review);
  return JSON.parse(answer).status.token;
}

it('finds clients to test with', () => expect(clients).not.toEqual([]));

describe.each(clients)('%s', (program) => {
  const name = `u${clients.indexOf(program)}`;

  it('asks for a certificate, has it approved, and logs in with it', async () => {
    const admin = await adminConfig();
    const key = join(directory, `${name}.key`);
    await openssl(['ecparam', '-genkey', '-name', 'prime256v1', '-noout', '-out', key]);
    const csr = join(directory, `${name}.csr`);
    await openssl(['req', '-new', '-key', key, '-subj', `/O=devs/CN=${name}`, '-out', csr]);
    const object = {
      apiVersion: 'certificates.k8s.io/v1',
      kind: 'CertificateSigningRequest',
      metadata: { name },
      spec: {
        request: base64(await readFile(csr, 'utf8')),
        signerName: 'kubernetes.io/kube-apiserver-client',
        usages: ['client auth', 'digital signature'],
        expirationSeconds: 3600,
      },
    };
    const created = await run(program, admin, ['create', '-f', '-'], JSON.stringify(object));
    expect(created).toContain(`${name} created`);
    const approve = findOc().includes(program) ? ['adm'] : [];
    const approved = await run(program, admin, [...approve, 'certificate', 'approve', name]);
    expect(approved).toContain(`${name} approved`);
    const get = ['get', 'csr', name, '-o', 'jsonpath={.status.certificate}'];
    let certificate = '';
    await expect
      .poll(async () => {
        certificate = await run(program, admin, get);
        return certificate;
      })
      .not.toBe('');
    const pem = Buffer.from(certificate, 'base64').toString();
    const { validTo } = new X509Certificate(pem);
    expect(Date.parse(validTo)).toBeLessThan(Date.now() + 3_700_000);
    const user = { 'client-certificate-data': certificate, 'client-key': key };
    const own = await kubeconfigOf(name, user);
    expect(await nameOf(program, own)).toContain(`"username":"${name}"`);
    expect(await run(program, own, ['get', 'secrets', '-n', 'default'])).toBe(
      `Error from server (Forbidden): secrets is forbidden: User "${name}" cannot list resource "secrets" in API group "" in the namespace "default"`,
    );
    expect(await run(program, own, ['auth', 'can-i', '--list'])).toContain(
      'selfsubjectaccessreviews',
    );
  });

  it('logs in with a token of the token file, and with one of a service account', async () => {
    const erin = await kubeconfigOf('erin', { token: 'token-of-erin' });
    expect(await nameOf(program, erin)).toContain('"uid":"42","username":"erin"');
    const wrong = await kubeconfigOf('wrong', { token: 'nonsense' });
    expect(await run(program, wrong, ['get', 'pods'])).toMatch(/must be logged in|Unauthorized/);
  });
});

describe('tokens of service accounts', () => {
  it('are given, log in, end, and are checked by others with the published keys', async () => {
    const admin = await adminConfig();
    await run(kubectl, admin, ['create', 'serviceaccount', 'robot', '-n', 'default']);
    const token = await tokenOf('robot', admin);
    const robot = await kubeconfigOf('robot', { token });
    expect(await nameOf(kubectl, robot)).toContain('system:serviceaccounts:default');
    const keys = await run(kubectl, robot, ['get', '--raw', '/openid/v1/jwks']);
    expect(keys).toContain('"use":"sig"');
    await run(kubectl, admin, ['delete', 'serviceaccount', 'robot', '-n', 'default']);
    const later = await run(
      kubectl,
      admin,
      ['create', '-f', '-', '-o', 'jsonpath={.status}'],
      JSON.stringify({
        apiVersion: 'authentication.k8s.io/v1',
        kind: 'TokenReview',
        spec: { token },
      }),
    );
    expect(later).toContain('serviceaccounts \\"robot\\" not found');
  });
});

/** Sends a request with a client certificate and headers; answers status and user. */
function ask(pair: { certPem: string; keyPem: string } | undefined, headers: object) {
  return new Promise<{ code: number; text: string }>((resolve, reject) => {
    const client = request(
      `${url}/apis/authentication.k8s.io/v1/selfsubjectreviews`,
      {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        ca: plane.pki.authority.certPem,
        ...(pair && { cert: pair.certPem, key: pair.keyPem }),
        agent: false,
      },
      (response) => {
        let text = '';
        response.on('data', (chunk) => {
          text += chunk;
        });
        response.on('end', () => resolve({ code: response.statusCode ?? 0, text }));
      },
    );
    client.on('error', reject);
    client.end('{"apiVersion":"authentication.k8s.io/v1","kind":"SelfSubjectReview"}');
  });
}

describe('the request header', () => {
  const headers = { 'x-remote-user': 'grace', 'x-remote-group': ['CN=a,OU=b', 'ops'] };

  it('names the user where the front proxy sends it', async () => {
    const { code, text } = await ask(plane.pki.frontProxy.client, headers);
    expect(code).toBe(201);
    expect(JSON.parse(text).status.userInfo).toEqual({
      username: 'grace',
      groups: ['CN=a,OU=b', 'ops', 'system:authenticated'],
    });
  });

  it('means nothing from anybody else', async () => {
    expect((await ask(plane.pki.admin, headers)).text).toContain('system:admin');
    expect((await ask(undefined, headers)).code).toBe(403);
    expect((await ask(plane.pki.frontProxy.client, {})).code).toBe(401);
  });
});
