import {
  CONFIG_LABEL,
  DEPLOYMENT_LABEL,
  deploymentName,
  phaseOf,
} from '../../../apis/apps.openshift.io/v1/names.ts';
import type { Pod, ReplicationController } from '../../../apis/core/v1/types.ts';
import { DEPLOYMENT_CONFIGS, PODS, REPLICATION_CONTROLLERS } from '../../../apis/resource-types.ts';
import type { ConnectRequest, RequestContext } from '../../../apiserver/resource-definition.ts';
import type { Client, LogQuery } from '../../../client/client.ts';
import type { ApiBody } from '../../../client/transport.ts';
import {
  isNotFound,
  newBadRequest,
  newNotFound,
  newTimeout,
} from '../../../machinery/status-error.ts';

const WAIT_MS = 10_000;
const POLL_MS = 200;
const GROUP = 'apps.openshift.io';

const numberOf = (query: URLSearchParams, name: string) => {
  const text = query.get(name);
  return text === null ? undefined : Number(text);
};

function logQuery(query: URLSearchParams, signal: AbortSignal): LogQuery {
  const tailLines = numberOf(query, 'tailLines');
  const sinceSeconds = numberOf(query, 'sinceSeconds');
  const container = query.get('container');
  return {
    follow: query.get('follow') === 'true',
    timestamps: query.get('timestamps') === 'true',
    ...(container && { container }),
    ...(tailLines !== undefined && { tailLines }),
    ...(sinceSeconds !== undefined && { sinceSeconds }),
    signal,
  };
}

/** wantedVersion reads which version's log is asked for: one by number, the previous, or the latest. */
function wantedVersion(query: URLSearchParams, latest: number, name: string): number {
  const version = numberOf(query, 'version');
  if (version !== undefined && (version <= 0 || version > latest)) {
    throw newNotFound(
      { group: GROUP, resource: 'deploymentconfigs' },
      deploymentName(name, version),
    );
  }
  if (version !== undefined) return version;
  if (query.get('previous') !== 'true') return latest;
  if (latest < 2)
    throw newBadRequest(
      `no previous deployment exists for deploymentConfig ${JSON.stringify(name)}`,
    );
  return latest - 1;
}

const isReadable = (pod: Pod) =>
  pod.status?.containerStatuses?.some((one) => one.state?.running || one.state?.terminated) ??
  false;

async function readablePod(
  client: Client,
  name: string,
  config: string,
  namespace: string,
): Promise<Pod | undefined> {
  const pods = await client.list(PODS, {
    namespace,
    labelSelector: `${DEPLOYMENT_LABEL}=${name},${CONFIG_LABEL}=${config}`,
  });
  return pods.items.find(isReadable);
}

async function findDeployment(
  client: Client,
  namespace: string,
  name: string,
): Promise<ReplicationController | undefined> {
  try {
    return await client.get(REPLICATION_CONTROLLERS, { namespace, name });
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

/**
 * deploymentLog answers GET `deploymentconfigs/NAME/log`: the log of a pod of the version asked
 * for, waiting a while for it to start unless `nowait` is set. There is no deployer pod whose log
 * could be shown while a rollout runs.
 */
export async function deploymentLog(
  client: Client,
  request: ConnectRequest,
  context: RequestContext,
): Promise<ApiBody> {
  const { namespace, signal } = context;
  const config = await client.get(DEPLOYMENT_CONFIGS, { namespace, name: request.name });
  const latest = config.status?.latestVersion ?? 0;
  if (latest === 0) {
    throw newBadRequest(
      `no deployment exists for deploymentConfig ${JSON.stringify(request.name)}`,
    );
  }
  const name = deploymentName(request.name, wantedVersion(request.query, latest, request.name));
  const deadline = Date.now() + WAIT_MS;
  for (;;) {
    const pod = await readablePod(client, name, request.name, namespace);
    if (pod) {
      const ref = { namespace, name: pod.metadata.name ?? '' };
      const bytes = await client.log(PODS, ref, logQuery(request.query, signal));
      return { kind: 'bytes', contentType: 'text/plain', bytes };
    }
    const deployment = await findDeployment(client, namespace, name);
    if (deployment && phaseOf(deployment) === 'Failed') {
      throw newBadRequest(
        `the deployment ${JSON.stringify(name)} failed and has no pods: see oc describe rc/${name}`,
      );
    }
    if (request.query.get('nowait') === 'true') {
      return { kind: 'bytes', contentType: 'text/plain', bytes: (async function* () {})() };
    }
    if (signal.aborted || Date.now() > deadline) {
      throw newTimeout(
        `timed out waiting for deployment ${JSON.stringify(name)} to start a pod`,
        1,
      );
    }
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}
