import type {
  APIService,
  APIServiceCondition,
} from '../../apis/apiregistration.k8s.io/v1/types.ts';
import { ENDPOINT_SLICES, SERVICES } from '../../apis/resource-types.ts';
import type { CacheReader } from '../../apiserver/cache/cache-reader.ts';
import type { AggregatorMetrics } from '../../apiserver/metrics/aggregator-metrics.ts';
import type { Client } from '../../client/client.ts';
import { type Clock, type Controller, source } from '../../controller-kit/controller.ts';
import { deepEqual } from '../../machinery/deep-equal.ts';
import { isNotFound } from '../../machinery/status-error.ts';
import { timestampOf } from '../../machinery/timestamp.ts';
import { remoteFailure } from '../remote/remote-failure.ts';
import { type RemoteClient, readAll } from '../remote/remote-request.ts';
import { AGGREGATOR_USER, type Aggregation } from './aggregation.ts';
import { API_SERVICES, availabilityOf, localCondition } from './api-services.ts';
import { discoveredResources } from './discovered-resources.ts';

const CHECK_MS = 30_000;
const RETRY_MS = 2000;
const TIMEOUT_MS = 6000;
const MAX_DISCOVERY_BYTES = 16 * 1024 * 1024;

/** AvailabilityDeps is what the availability controller needs. */
export interface AvailabilityDeps {
  readonly client: Client;
  readonly clock: Clock;
  readonly remote: RemoteClient;
  readonly aggregation: Aggregation;
  readonly metrics: AggregatorMetrics;
  cache(): CacheReader;
}

type Finding = Pick<APIServiceCondition, 'status' | 'reason' | 'message'>;

/**
 * newAvailabilityController looks whether the servers of APIServices answer, says so in their
 * condition Available, and learns what they serve (kube-aggregator's availability controllers).
 */
export function newAvailabilityController(deps: AvailabilityDeps): Controller {
  const ofService = (namespace: string, name: string) =>
    deps
      .cache()
      .list(API_SERVICES)
      .filter(({ spec }) => spec?.service?.namespace === namespace && spec.service.name === name)
      .map((one) => one.metadata.name ?? '');
  return {
    name: 'apiservice-availability',
    concurrency: 5,
    sources: [
      source(API_SERVICES, (one) => [one.metadata.name ?? '']),
      source(SERVICES, ({ metadata }) => ofService(metadata.namespace ?? '', metadata.name ?? '')),
      source(ENDPOINT_SLICES, ({ metadata }) =>
        ofService(metadata.namespace ?? '', metadata.labels?.['kubernetes.io/service-name'] ?? ''),
      ),
    ],
    async reconcile(name) {
      const service = deps.cache().get(API_SERVICES, '', name);
      if (!service) {
        deps.metrics.forget(name);
        return undefined;
      }
      if (!service.spec?.service) {
        await setCondition(deps, service, localCondition(''));
        return undefined;
      }
      const found = await check(deps, service);
      await setCondition(deps, service, found);
      return { requeueAfterMs: found.status === 'True' ? CHECK_MS : RETRY_MS };
    },
  };
}

async function setCondition(
  { client, clock, metrics }: AvailabilityDeps,
  service: APIService,
  { status, reason, message }: Finding,
): Promise<void> {
  const before = availabilityOf(service);
  const isSame = before?.status === status;
  const { name = '' } = service.metadata;
  metrics.found(name, status === 'True');
  const wasAvailable = before?.status === 'True';
  if (wasAvailable && status !== 'True') metrics.lost(name, reason ?? 'UnknownReason');
  const now = timestampOf(clock.now());
  const lastTransitionTime = isSame ? (before.lastTransitionTime ?? now) : now;
  const next = { type: 'Available', status, lastTransitionTime, reason, message };
  if (deepEqual(before, next)) return;
  const others = (service.status?.conditions ?? []).filter((one) => one !== before);
  const changed = { ...service, status: { ...service.status, conditions: [...others, next] } };
  const options = { subresource: 'status', fieldManager: 'kube-apiserver' };
  await client.update(API_SERVICES, changed as APIService, options).catch((error: unknown) => {
    if (!isNotFound(error)) throw error;
  });
}

async function check(deps: AvailabilityDeps, service: APIService): Promise<Finding> {
  return serviceProblem(deps.cache(), service) ?? (await discoveryProblem(deps, service)) ?? PASSED;
}

const PASSED: Finding = { status: 'True', reason: 'Passed', message: 'all checks passed' };

/** serviceProblem is what is wrong with the service and its endpoints. */
function serviceProblem(cache: CacheReader, { spec }: APIService): Finding | undefined {
  const { namespace = '', name = '', port = 443 } = spec?.service ?? {};
  const about = `service/${name} in ${JSON.stringify(namespace)}`;
  const problem = (reason: string, message: string) => ({ status: 'False', reason, message });
  const service = cache.get(SERVICES, namespace, name);
  if (!service) return problem('ServiceNotFound', `${about} is not present`);
  if ((service.spec?.type ?? 'ClusterIP') !== 'ClusterIP') return undefined;
  const own = service.spec?.ports?.find((one) => one.port === port);
  if (!own) return problem('ServicePortError', `${about} is not listening on port ${port}`);
  const slices = cache
    .list(ENDPOINT_SLICES, namespace)
    .filter((one) => one.metadata.labels?.['kubernetes.io/service-name'] === name);
  if (slices.length === 0) {
    return problem('EndpointsNotFound', `cannot find endpointslices for ${about}`);
  }
  const portName = own.name ?? '';
  const isActive = slices.some(
    (slice) =>
      (slice.endpoints ?? []).some((one) => one.conditions?.ready !== false) &&
      (slice.ports ?? []).some((one) => (one.name ?? '') === portName && one.port !== undefined),
  );
  if (isActive) return undefined;
  const text = `endpointslices for ${about} have no addresses with port name ${JSON.stringify(portName)}`;
  return problem('MissingEndpoints', text);
}

/** discoveryProblem is why the server does not say what it serves; else that is learnt. */
async function discoveryProblem(
  deps: AvailabilityDeps,
  service: APIService,
): Promise<Finding | undefined> {
  const { group = '', version = '' } = service.spec ?? {};
  const path = `/apis/${group}/${version}`;
  const failed = (message: string) => ({
    status: 'False',
    reason: 'FailedDiscoveryCheck',
    message,
  });
  let url = path;
  try {
    const { address, tls } = deps.aggregation.connectionTo(service);
    url = `https://${address.host}:${address.port}${path}`;
    const headers = { ...AGGREGATOR_USER, accept: 'application/json' };
    const response = await deps.remote.send({
      address,
      tls,
      method: 'GET',
      path,
      headers,
      timeoutMs: TIMEOUT_MS,
    });
    const body = await readAll(response, MAX_DISCOVERY_BYTES);
    const { statusCode = 0 } = response;
    if (statusCode < 200 || statusCode >= 300) {
      return failed(
        `failing or missing response from ${url}: bad status from ${url}: ${statusCode}`,
      );
    }
    const resources = discoveredResources(group, version, body.toString('utf8'));
    deps.aggregation.servers.learn(service.metadata.name ?? '', resources);
    return undefined;
  } catch (error) {
    return failed(`failing or missing response from ${url}: ${remoteFailure('GET', url, error)}`);
  }
}
