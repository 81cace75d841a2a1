import type { Pki } from '../../apiserver/access/pki.ts';
import type { ApiLog } from '../../apiserver/contracts.ts';
import { AuthorizationMetrics } from '../../apiserver/metrics/authorization-metrics.ts';
import type { MetricRegistry } from '../../machinery/metrics/metric-registry.ts';
import type { ApiFlags } from '../platform/api-flags.ts';
import { type Authorization, readAuthorization } from './authorization.ts';
import { type Credentials, readCredentials } from './credentials.ts';

/** AccessFiles are what the files that flags name say: who may come, and what they may. */
export interface AccessFiles {
  readonly credentials: Credentials;
  readonly authorization: Authorization;
}

/** readAccessFiles reads the files that the flags name; throws an Error that says what is wrong with them. */
export async function readAccessFiles(
  pki: Pki,
  flags: ApiFlags,
  { metrics, ...parts }: { readonly metrics: MetricRegistry; readonly log: ApiLog; now(): Date },
): Promise<AccessFiles> {
  return {
    credentials: await readCredentials(pki, flags, parts),
    authorization: await readAuthorization(flags, {
      metrics: new AuthorizationMetrics(metrics),
      ...parts,
    }),
  };
}
