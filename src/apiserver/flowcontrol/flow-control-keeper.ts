import {
  AUTO_UPDATE,
  BOOTSTRAP_FLOW_SCHEMAS,
  BOOTSTRAP_PRIORITY_LEVELS,
} from '../../apis/flowcontrol.apiserver.k8s.io/v1/bootstrap.data.ts';
import type {
  FlowSchema,
  PriorityLevelConfiguration,
} from '../../apis/flowcontrol.apiserver.k8s.io/v1/types.ts';
import { FLOW_SCHEMAS, PRIORITY_LEVELS } from '../../apis/resource-types.ts';
import type { Client } from '../../client/client.ts';
import { semanticEqual } from '../../machinery/deep-equal.ts';
import type { ResourceType } from '../../machinery/object.ts';
import { isAlreadyExists, isConflict, isNotFound } from '../../machinery/status-error.ts';
import type { CacheReader } from '../cache/cache-reader.ts';
import type { ApiLog } from '../contracts.ts';

const API_VERSION = 'flowcontrol.apiserver.k8s.io/v1';
const PRODUCER = { fieldManager: 'api-priority-and-fairness-config-producer-v1' };
const CONSUMER = { fieldManager: 'api-priority-and-fairness-config-consumer-v1' };
const DANGLING = 'Dangling';

/** KeeperDeps is what keeps the configuration of fairness in order; `client` acts as the server. */
export interface KeeperDeps {
  readonly client: Client;
  readonly cache: CacheReader;
  readonly log: ApiLog;
  now(): Date;
}

type Configuration = FlowSchema | PriorityLevelConfiguration;

/** ensureOne creates an object that every cluster has, or brings back its spec where it is kept automatically. */
async function ensureOne<T extends Configuration>(
  { client, cache }: KeeperDeps,
  type: ResourceType<T>,
  wanted: T,
): Promise<void> {
  const { name = '' } = wanted.metadata;
  const found = cache.get(type, '', name);
  if (!found) {
    await client.create(type, wanted, PRODUCER);
    return;
  }
  if (found.metadata.annotations?.[AUTO_UPDATE] !== 'true') return;
  if (semanticEqual(found.spec, wanted.spec)) return;
  await client.update(type, { ...structuredClone(found), spec: wanted.spec }, PRODUCER);
}

async function ensureAll(deps: KeeperDeps): Promise<void> {
  const metadataOf = (name: string) => ({ name, annotations: { [AUTO_UPDATE]: 'true' } });
  const levels = Object.entries(BOOTSTRAP_PRIORITY_LEVELS).map(([name, spec]) =>
    ensureOne(deps, PRIORITY_LEVELS, {
      apiVersion: API_VERSION,
      kind: PRIORITY_LEVELS.kind,
      metadata: metadataOf(name),
      spec: structuredClone(spec),
    }),
  );
  const schemas = Object.entries(BOOTSTRAP_FLOW_SCHEMAS).map(([name, spec]) =>
    ensureOne(deps, FLOW_SCHEMAS, {
      apiVersion: API_VERSION,
      kind: FLOW_SCHEMAS.kind,
      metadata: metadataOf(name),
      spec: structuredClone(spec),
    }),
  );
  await Promise.all([...levels, ...schemas]);
}

/** danglingOf is the condition that tells whether the level of a schema exists. */
function danglingOf(cache: CacheReader, schema: FlowSchema) {
  const level = schema.spec?.priorityLevelConfiguration.name ?? '';
  const exists = cache.get(PRIORITY_LEVELS, '', level) !== undefined;
  const reference = `This FlowSchema references the PriorityLevelConfiguration object named ${JSON.stringify(level)}`;
  return {
    type: DANGLING,
    status: exists ? 'False' : 'True',
    reason: exists ? 'Found' : 'NotFound',
    message: exists ? `${reference} and it exists` : `${reference} but there is no such object`,
  };
}

async function reportDangling(deps: KeeperDeps, schema: FlowSchema): Promise<void> {
  const { cache, client } = deps;
  const { name = '', uid } = schema.metadata;
  const wanted = danglingOf(cache, schema);
  const found = (schema.status?.conditions ?? []).find(({ type }) => type === DANGLING);
  if (found?.status === wanted.status && found.message === wanted.message) return;
  const isTurned = found?.status !== wanted.status;
  const lastTransitionTime = isTurned
    ? `${deps.now().toISOString().slice(0, 19)}Z`
    : found?.lastTransitionTime;
  const body = {
    apiVersion: API_VERSION,
    kind: FLOW_SCHEMAS.kind,
    metadata: { name, uid },
    status: { conditions: [{ ...wanted, lastTransitionTime }] },
  };
  const patch = { type: 'application/apply-patch+yaml' as const, body };
  await client.patch(FLOW_SCHEMAS, { name }, patch, { ...CONSUMER, subresource: 'status' });
}

/** isRace: somebody else was faster; the change that made it so brings the next round. */
function isRace(error: unknown): boolean {
  return isAlreadyExists(error) || isConflict(error) || isNotFound(error);
}

/**
 * keepFlowControl makes sure, now and after every change, that the flow schemas and priority levels
 * exist that every cluster has, and that each schema's status tells whether its level exists.
 * Resolves after the first round; the answer's stop ends it.
 */
export async function keepFlowControl(deps: KeeperDeps): Promise<{ stop(): void }> {
  const { cache, log } = deps;
  let isStopped = false;
  let isRunning = false;
  let isStale = false;
  const round = async () => {
    await ensureAll(deps);
    await Promise.all(cache.list(FLOW_SCHEMAS).map((one) => reportDangling(deps, one)));
  };
  const run = async () => {
    isRunning = true;
    do {
      isStale = false;
      try {
        await round();
      } catch (error) {
        if (!isStopped && !isRace(error)) log.error({ err: error }, 'flow control is not kept');
      }
    } while (isStale && !isStopped);
    isRunning = false;
  };
  const onChange = () => {
    isStale = true;
    if (!isRunning && !isStopped) void run();
  };
  const stops = [FLOW_SCHEMAS, PRIORITY_LEVELS].map((type) => cache.onChange(type, onChange));
  await run();
  return {
    stop() {
      isStopped = true;
      for (const stop of stops) stop();
    },
  };
}
