import type { ListMeta } from '../../machinery/meta/v1.ts';
import { apiVersionOf } from '../../machinery/object.ts';
import { newBadRequest, newExpired, StatusError } from '../../machinery/status-error.ts';
import { CompactedError, FutureRevisionError } from '../../storage/store.ts';
import type { Entry } from '../cache/entry.ts';
import { ListPayload } from '../output/list-payload.ts';
import type { StorageListOptions } from '../resource-definition.ts';
import { Steps } from '../steps.ts';
import { relativeKey } from '../storage-key.ts';
import { decodeContinue, encodeContinue } from './continue-token.ts';
import type { StoredResource } from './registry.ts';
import { type Selection, selectionOf } from './selection.ts';

const FUTURE_WAIT_MS = 3000;

/** EXPIRED_CONTINUE is the text of a continue token whose snapshot is gone. */
export const EXPIRED_CONTINUE =
  'The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter, or use the continue token in this response to retrieve the remainder of the results. Continuing with the provided token results in an inconsistent list - objects that were created, modified, or deleted between the time the first chunk was returned and now may show up in the list.';

/** listObjects answers a list, of one page where a limit is set. */
export async function listObjects(
  stored: StoredResource,
  options: StorageListOptions,
  namespace: string,
): Promise<ListPayload> {
  const selection = selectionOf(stored, options, namespace);
  const page = await pageOf(stored, options, selection.namespace);
  return cut(stored, options, selection, page);
}

/** Candidates are entries in key order that follow the continuation, at one revision. */
interface Candidates {
  readonly revision: number;
  readonly entries: readonly Entry[];
}

async function pageOf(
  stored: StoredResource,
  options: StorageListOptions,
  namespace: string,
): Promise<Candidates> {
  if (options.continue !== '') return continued(stored, options, namespace);
  const { resourceVersion, resourceVersionMatch } = options;
  if (resourceVersion !== '' && resourceVersion !== '0') {
    const revision = parseRevision(resourceVersion);
    if (resourceVersionMatch === 'Exact' || (resourceVersionMatch === '' && options.limit > 0)) {
      return atRevision(stored, revision, namespace);
    }
    await waitForRevision(stored, revision);
  }
  return { revision: stored.registry.hub.revision, entries: stored.cache.list(namespace) };
}

async function continued(
  stored: StoredResource,
  options: StorageListOptions,
  namespace: string,
): Promise<Candidates> {
  if (options.resourceVersion !== '' && options.resourceVersion !== '0') {
    throw newBadRequest('specifying resource version is not allowed when using continue');
  }
  const token = decodeContinue(options.continue);
  const follows = (entry: Entry) => keyFollows(entry, token.after);
  if (token.revision < 0) {
    const entries = stored.cache.list(namespace).filter(follows);
    return { revision: stored.registry.hub.revision, entries };
  }
  try {
    const page = await atRevision(stored, token.revision, namespace);
    return { revision: page.revision, entries: page.entries.filter(follows) };
  } catch (error) {
    if (!(error instanceof StatusError) || error.code !== 410) throw error;
    throw newExpiredContinue(token.after);
  }
}

function newExpiredContinue(after: string): StatusError {
  const error = newExpired(EXPIRED_CONTINUE);
  const metadata = { continue: encodeContinue({ revision: -1, after }) };
  return new StatusError({ ...error.status, metadata });
}

function keyFollows(entry: Entry, after: string): boolean {
  return relativeKey(entry.namespace, entry.name) > after;
}

/** parseRevision reads a resourceVersion; throws 400. */
export function parseRevision(text: string): number {
  if (!/^\d+$/.test(text)) {
    throw newBadRequest(
      `resourceVersion: Invalid value: ${JSON.stringify(text)}: strconv.ParseUint: parsing ${JSON.stringify(text)}: invalid syntax`,
    );
  }
  return Number(text);
}

async function atRevision(
  stored: StoredResource,
  revision: number,
  namespace: string,
): Promise<Candidates> {
  const { cache, registry } = stored;
  if (revision >= cache.lastRevision && revision <= registry.hub.revision) {
    return { revision, entries: cache.list(namespace) };
  }
  const prefix = namespace === '' ? cache.prefix : `${cache.prefix}${namespace}/`;
  try {
    const { items } = await registry.hub.store.list(prefix, { revision });
    return { revision, entries: items.map((item) => cache.decodeAt(item)) };
  } catch (error) {
    if (error instanceof CompactedError) {
      throw newExpired('The resourceVersion for the provided list is too old.');
    }
    if (error instanceof FutureRevisionError) throw newTooLarge(revision, registry.hub.revision);
    throw error;
  }
}

/** newTooLarge is the answer to a resourceVersion that has not been reached. */
export function newTooLarge(revision: number, current: number): StatusError {
  return new StatusError({
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message: `Timeout: Too large resource version: ${revision}, current: ${current}`,
    reason: 'Timeout',
    details: {
      causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }],
      retryAfterSeconds: 1,
    },
    code: 504,
  });
}

/** waitForRevision waits until the caches show a revision; throws 504 when that takes too long. */
export async function waitForRevision(stored: StoredResource, revision: number): Promise<void> {
  const { hub } = stored.registry;
  if (hub.revision >= revision) return;
  const cancel = { timer: undefined as NodeJS.Timeout | undefined };
  const late = new Promise<'late'>((resolve) => {
    cancel.timer = setTimeout(() => resolve('late'), FUTURE_WAIT_MS);
  });
  const outcome = await Promise.race([hub.waitFor(revision), late]);
  clearTimeout(cancel.timer);
  if (outcome === 'late') throw newTooLarge(revision, hub.revision);
}

async function cut(
  stored: StoredResource,
  options: StorageListOptions,
  selection: Selection,
  page: Candidates,
): Promise<ListPayload> {
  const { type } = stored.definition;
  const { limit } = options;
  const found = await selected(page.entries, selection, limit);
  const metadata: ListMeta = { resourceVersion: String(page.revision) };
  const last = found.at(limit - 1);
  if (limit > 0 && found.length > limit && last) {
    found.length = limit;
    const after = relativeKey(last.namespace, last.name);
    metadata.continue = encodeContinue({ revision: page.revision, after });
    if (selection.everything) metadata.remainingItemCount = page.entries.length - limit;
  }
  const { listKind = `${type.kind}List`, structure } = stored.definition;
  const names = { apiVersion: apiVersionOf(type), kind: listKind };
  if (structure) metadata.continue ??= '';
  const entries = stored.view ? await stored.view.entries(found) : found;
  return new ListPayload(names, metadata, entries, structure ? undefined : type);
}

/** selected answers the entries that match, and at most one more than the limit. */
async function selected(
  entries: readonly Entry[],
  selection: Selection,
  limit: number,
): Promise<Entry[]> {
  const most = limit > 0 ? limit + 1 : Number.POSITIVE_INFINITY;
  if (selection.everything) return entries.slice(0, most);
  const found: Entry[] = [];
  const steps = new Steps();
  for (const entry of entries) {
    if (selection.name !== undefined && entry.name !== selection.name) continue;
    if (selection.matches(entry)) found.push(entry);
    if (found.length >= most) break;
    const pause = steps.done(entry.sizeBytes);
    if (pause) await pause;
  }
  return found;
}
