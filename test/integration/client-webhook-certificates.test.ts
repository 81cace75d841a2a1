import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import {
  issueCertificate,
  newCertificateAuthority,
} from '../../src/apiserver/access/certificate-authority.ts';
import { CertificateMetrics } from '../../src/apiserver/metrics/certificate-metrics.ts';
import { certificateProblemOf } from '../../src/client/certificate-problem.ts';
import { newWebhookClient, type WebhookClient } from '../../src/client/webhook-client.ts';
import { MetricRegistry } from '../../src/machinery/metrics/metric-registry.ts';
import { metricsText } from '../../src/machinery/metrics/metrics-text.ts';

const HOST = 'hook.default.svc';
let server: Server | undefined;
let client: WebhookClient | undefined;

afterEach(async () => {
  await client?.close();
  server?.closeAllConnections();
  server?.close();
});

async function call(names: { readonly dnsNames?: readonly string[] }) {
  const now = new Date();
  const authority = await newCertificateAuthority('hooks', 1, now);
  const request = { commonName: HOST, usage: 'server', days: 1, ...names } as const;
  const { certPem, keyPem } = await issueCertificate(authority, request, now);
  server = createServer({ cert: certPem, key: keyPem }, (_, reply) => reply.end('{"good":true}'));
  await new Promise<void>((done) => server?.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  const registry = new MetricRegistry();
  const metrics = new CertificateMetrics(registry, 'apiserver_webhooks_');
  client = newWebhookClient(
    () => ({ host: '127.0.0.1', port }),
    (error) => metrics.failed(certificateProblemOf(error)),
  );
  const caBundle = Buffer.from(authority.certPem).toString('base64');
  const service = { namespace: 'default', name: 'hook' };
  const answer = client.post({ service, caBundle }, {}, { timeoutMs: 5_000 });
  return { answer, told: () => metricsText([registry.snapshot()]) };
}

it('a webhook whose certificate names it by its common name only is not trusted, and counted', async () => {
  const { answer, told } = await call({});
  await expect(answer).rejects.toThrow(
    `Post "https://${HOST}:443/?timeout=5s": tls: failed to verify certificate: x509: certificate relies on legacy Common Name field, use SANs instead`,
  );
  expect(told()).toContain('\napiserver_webhooks_x509_missing_san_total 1\n');
  expect(told()).toContain('\napiserver_webhooks_x509_insecure_sha1_total 0\n');
});

it('one whose certificate is for another name is not trusted either, but not counted', async () => {
  const { answer, told } = await call({ dnsNames: ['other.default.svc'] });
  await expect(answer).rejects.toThrow(`certificate is valid for other.default.svc, not ${HOST}`);
  expect(told()).toContain('\napiserver_webhooks_x509_missing_san_total 0\n');
});

it('one whose certificate lists its name is', async () => {
  const { answer } = await call({ dnsNames: [HOST] });
  await expect(answer).resolves.toEqual({ good: true });
});
