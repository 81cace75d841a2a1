import type { ResourceQuota } from '../../apis/core/v1/types.ts';
import { newOpenIdPaths } from '../../apiserver/access/openid-paths.ts';
import type { Pki } from '../../apiserver/access/pki.ts';
import { type ApiServer, type ApiServerOptions, newApiServer } from '../../apiserver/api-server.ts';
import type { ApiLog } from '../../apiserver/contracts.ts';
import type { CertificateMetrics } from '../../apiserver/metrics/certificate-metrics.ts';
import { ElsewhereError } from '../../apiserver/threads/elsewhere.ts';
import type { Client } from '../../client/client.ts';
import type { MetricRegistry } from '../../machinery/metrics/metric-registry.ts';
import { type Access, newAccess } from './access.ts';
import { admissionPlugins } from './admission.ts';
import type { AdmissionSettings } from './admission-configuration.ts';
import type { Authorization } from './authorization.ts';
import type { Credentials } from './credentials.ts';
import { allDefinitions, type DefinitionParts } from './definitions.ts';

/** ApiParts is what the API of the platform is made of, in the main thread and in others. */
export interface ApiParts
  extends Pick<
      ApiServerOptions,
      | 'store'
      | 'clock'
      | 'frontOf'
      | 'openapi'
      | 'moreMetrics'
      | 'front'
      | 'delegated'
      | 'health'
      | 'version'
    >,
    Pick<DefinitionParts, 'nodes' | 'images' | 'localImages'> {
  /** Acts as the server itself. */
  readonly client: Client;
  readonly pki: Pki;
  readonly credentials: Credentials;
  readonly authorization: Authorization;
  readonly admissionSettings: AdmissionSettings;
  readonly log: ApiLog;
  readonly metrics: MetricRegistry;
  /** Where the certificates of webhooks are counted that are not trusted. */
  readonly webhookCertificates: CertificateMetrics;
  now(): Date;
}

/** Api is the API server with what decides on access to it. */
export interface Api {
  readonly server: ApiServer;
  readonly access: Access;
  /** What a quota has used at a time, of everything that it limits. */
  quotaUsage(quota: ResourceQuota, at: Date): Promise<Record<string, string>>;
  /** close ends what the server has open: watches, connections, those to webhooks. */
  close(): Promise<void>;
}

/** Custom resources are known to the main thread only. */
function unknownHere(): never {
  throw new ElsewhereError('know all resources');
}

/** newApi makes the API server of the platform. */
export function newApi(parts: ApiParts): Api {
  const { client, pki, credentials, authorization, admissionSettings, now, ...others } = parts;
  const { nodes, images, localImages, ...rest } = others;
  const access = newAccess({
    client,
    cache: () => server.cache,
    signingKeys: pki.signingKeys,
    log: parts.log,
    credentials,
    authorization,
    isFront: parts.frontOf !== undefined,
    metrics: parts.metrics,
    now,
  });
  const admission = admissionPlugins({
    client,
    settings: admissionSettings,
    authorizer: access.authorizer,
    log: parts.log,
    metrics: parts.metrics,
    webhookCertificates: parts.webhookCertificates,
    server: () => seen,
  });
  // Numbers of services are given by the main thread.
  const counted = parts.frontOf ? {} : { metrics: parts.metrics };
  const server: ApiServer = newApiServer({
    ...rest,
    definitions: allDefinitions({ client, access, nodes, images, localImages, ...counted }),
    morePaths: newOpenIdPaths(access.tokens.publicKeys),
    authenticate: access.authenticator,
    authorize: access.authorizer,
    admission: admission.list,
  });
  const seen = parts.frontOf ? { cache: server.cache, definitions: unknownHere } : server;
  return {
    server,
    access,
    quotaUsage: (quota, at) => admission.quotas.usage(quota, at),
    async close() {
      await server.close();
      await admission.close();
    },
  };
}
