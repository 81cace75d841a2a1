import type { CertificateProblem } from '../../client/certificate-problem.ts';
import type { Value } from '../../machinery/metrics/metric.ts';
import { MetricGroup } from '../../machinery/metrics/metric-group.ts';
import type { MetricRegistry } from '../../machinery/metrics/metric-registry.ts';

const ENDING = '(either/or, based on the runtime environment)';

/** CertificateMetrics counts servers whose certificates are outdated, under the names of kube-apiserver. */
export class CertificateMetrics {
  readonly #missingSan: Value;
  readonly #insecureSha1: Value;

  /** `prefix` says whose servers they are, such as `apiserver_webhooks_`. */
  constructor(registry: MetricRegistry, prefix: string) {
    const group = new MetricGroup(registry, prefix);
    const counter = (name: string, help: string) =>
      group.counter(name, { help: `Counts the number of requests to servers ${help} ${ENDING}` });
    this.#missingSan = counter(
      'x509_missing_san_total',
      'missing SAN extension in their serving certificate OR the number of connection failures due to the lack of x509 certificate SAN extension missing',
    ).with();
    this.#insecureSha1 = counter(
      'x509_insecure_sha1_total',
      'with insecure SHA1 signatures in their serving certificate OR the number of connection failures due to the insecure SHA1 signatures',
    ).with();
  }

  /** failed counts a connection that a certificate was the end of. */
  failed(problem: CertificateProblem | undefined): void {
    if (problem === 'missing-san') this.#missingSan.inc();
    if (problem === 'insecure-sha1') this.#insecureSha1.inc();
  }
}
