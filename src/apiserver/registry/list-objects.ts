import type { ListMeta } from '../../machinery/meta/v1.ts';
import { apiVersionOf } from '../../machinery/object.ts';
import {
  newBadRequest,
  newExpired,
  newFailure,
  StatusError,
} from '../../machinery/status-error.ts';
import { Steps } from '../../machinery/steps.ts';
import { CompactedError, FutureRevisionError } from '../../storage/store.ts';
import type { Entry } from '../cache/entry.ts';
import { ListPayload } from '../output/list-payload.ts';
import type { StorageListOptions } from '../resource-definition.ts';
import { relativeKey } from '../storage-key.ts';
import { type ContinueToken, decodeContinue, encodeContinue } from './continue-token.ts';
import type { StoredResource } from './registry.ts';
import { type Selection, selectionOf } from './selection.ts';

const FUTURE_WAIT_MS = 3000;

/** EXPIRED_CONTINUE is the text of a continue token whose snapshot is gone. */
const EXPIRED_CONTINUE =
  'The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter, or use the continue token in this response to retrieve the remainder of the results. Continuing with the provided token results in an inconsistent list - objects that were created, modified, or deleted between the time the first chunk was returned and now may show up in the list.';

/** listObjects answers a list, of one page where a limit is set. */
export async function listObjects(
  stored: StoredResource,
  options: StorageListOptions,
  namespace: string,
): Promise<ListPayload> {
  const selection = selectionOf(stored, options, namespace);
  const page = await pageOf(stored, options, selection.namespace);
  const list = await cut(stored, options, selection, page);
  const { cached: present, past: former } = stored.cache.counts;
  const counts = page.next ? former : present;
  counts.lists += 1;
  counts.looked += page.entries.length;
  counts.answered += list.entries.length;
  return list;
}

/** Candidates are entries in key order that follow the continuation, at one revision. */
interface Candidates {
  readonly revision: number;
  readonly entries: readonly Entry[];
  /** How many more there are, which `next` answers. */
  readonly remaining: number;
  next?(): Promise<Candidates>;
}

/** PAST_PAGE is how many objects of a past state are read from the store at a time. */
const PAST_PAGE = 500;

async function pageOf(
  stored: StoredResource,
  options: StorageListOptions,
  namespace: string,
): Promise<Candidates> {
  if (options.continue !== '') return continued(stored, options, namespace);
  const { resourceVersion, resourceVersionMatch } = options;
  if (resourceVersion !== '' && resourceVersion !== '0') {
    const revision = parseRevision(resourceVersion, 'invalid resource version: ');
    if (resourceVersionMatch === 'Exact' || (resourceVersionMatch === '' && options.limit > 0)) {
      return atRevision(stored, namespace, { revision, after: '' });
    }
    await waitForRevision(stored, revision);
  }
  return cached(stored, namespace, { revision: stored.registry.hub.revision, after: '' });
}

/** From is where a list begins: at a revision, after a key. */
type From = ContinueToken;

function cached({ cache }: StoredResource, namespace: string, from: From): Candidates {
  const entries = cache.list(namespace, from.after);
  return { revision: from.revision, entries, remaining: 0 };
}

async function continued(
  stored: StoredResource,
  options: StorageListOptions,
  namespace: string,
): Promise<Candidates> {
  const token = decodeContinue(options.continue);
  if (options.resourceVersion !== '' && options.resourceVersion !== '0') {
    throw newBadRequest('specifying resource version is not allowed when using continue');
  }
  if (token.revision < 0) {
    return cached(stored, namespace, { ...token, revision: stored.registry.hub.revision });
  }
  try {
    return await atRevision(stored, namespace, token);
  } catch (error) {
    if (!(error instanceof StatusError) || error.code !== 410) throw error;
    throw newExpiredContinue(token.after, error);
  }
}

function newExpiredContinue(after: string, cause: StatusError): StatusError {
  const error = newExpired(EXPIRED_CONTINUE);
  const metadata = { continue: encodeContinue({ revision: -1, after }) };
  return new StatusError({ ...error.status, metadata }, { cause });
}

const MAX_REVISION = 2n ** 64n - 1n;

/** parseRevision reads a resourceVersion; throws 400, in a text that begins with `prefix`. */
export function parseRevision(text: string, prefix = ''): number {
  const refuse = (problem: string) => {
    const shown = JSON.stringify(text);
    return newBadRequest(
      `${prefix}resourceVersion: Invalid value: ${shown}: strconv.ParseUint: parsing ${shown}: ${problem}`,
    );
  };
  if (!/^\d+$/.test(text)) throw refuse('invalid syntax');
  if (text.length > 19 && BigInt(text) > MAX_REVISION) throw refuse('value out of range');
  return Number(text);
}

async function atRevision(
  stored: StoredResource,
  namespace: string,
  from: From,
): Promise<Candidates> {
  const { cache, registry } = stored;
  const { revision } = from;
  if (revision >= cache.lastRevision && revision <= registry.hub.revision) {
    return cached(stored, namespace, from);
  }
  try {
    return await past(stored, namespace, from);
  } catch (error) {
    if (error instanceof CompactedError) {
      throw newExpired('The resourceVersion for the provided list is too old.', error);
    }
    if (error instanceof FutureRevisionError) {
      throw newTooLargeToList(revision, registry.hub.revision, error);
    }
    throw error;
  }
}

/** past reads what was at a revision from the store, page by page. */
async function past(
  { cache, registry }: StoredResource,
  namespace: string,
  { revision, after }: From,
): Promise<Candidates> {
  const prefix = namespace === '' ? cache.prefix : `${cache.prefix}${namespace}/`;
  const read = async (key: string): Promise<Candidates> => {
    const options = { revision, limit: PAST_PAGE, ...(key === '' ? {} : { after: key }) };
    const { items, remainingCount } = await registry.hub.store.list(prefix, options);
    const entries = items.map((item) => cache.decodeAt(item));
    const next = items.at(-1)?.key ?? '';
    return { revision, entries, remaining: remainingCount, next: () => read(next) };
  };
  return read(after === '' ? '' : cache.prefix + after);
}

/** newTooLarge is the answer to a resourceVersion that has not been reached. */
function newTooLarge(revision: number, current: number): StatusError {
  return newFailure({
    message: `Timeout: Too large resource version: ${revision}, current: ${current}`,
    reason: 'Timeout',
    details: {
      causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }],
      retryAfterSeconds: 1,
    },
    code: 504,
  });
}

/** newTooLargeToList is the same for a list at exactly that version: waiting is no help. */
function newTooLargeToList(revision: number, current: number, cause: Error): StatusError {
  const { status } = newTooLarge(revision, current);
  const { retryAfterSeconds: _never, ...details } = status.details ?? {};
  return new StatusError({ ...status, details }, { cause });
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
  const { found: matching, remaining } = await selected(page, selection, limit);
  let found = matching;
  const metadata: ListMeta = { resourceVersion: String(page.revision) };
  const last = found.at(limit - 1);
  if (limit > 0 && found.length > limit && last) {
    metadata.remainingItemCount = found.length - limit + remaining;
    found = found.slice(0, limit);
    const after = relativeKey(last.namespace, last.name);
    metadata.continue = encodeContinue({ revision: page.revision, after });
    if (!selection.everything) delete metadata.remainingItemCount;
  }
  const { listKind = `${type.kind}List`, structure } = stored.definition;
  const names = { apiVersion: apiVersionOf(type), kind: listKind };
  if (structure) metadata.continue ??= '';
  const entries = stored.view ? await stored.view.entries(found) : found;
  return new ListPayload(names, metadata, entries, structure ? undefined : type);
}

interface Selected {
  readonly found: readonly Entry[];
  /** How many candidates were not looked at. */
  readonly remaining: number;
}

/** selected answers the entries that match, and at least one more than the limit where there are. */
async function selected(first: Candidates, selection: Selection, limit: number): Promise<Selected> {
  // There may be very many: not even their references are copied.
  if (selection.everything && limit <= 0 && !first.next) {
    return { found: first.entries, remaining: 0 };
  }
  const most = limit > 0 ? limit + 1 : Number.POSITIVE_INFINITY;
  const found: Entry[] = [];
  const steps = new Steps();
  for (let page = first; ; page = await page.next()) {
    const looked = await addMatching(found, { page, selection, most, steps });
    const remaining = page.remaining + page.entries.length - looked;
    if (!page.next || page.remaining === 0 || found.length >= most) return { found, remaining };
  }
}

/** addMatching adds the entries of a page that match, and answers how many it looked at. */
async function addMatching(
  found: Entry[],
  what: {
    readonly page: Candidates;
    readonly selection: Selection;
    readonly most: number;
    readonly steps: Steps;
  },
): Promise<number> {
  const { page, selection, most, steps } = what;
  const { entries } = page;
  if (selection.everything) {
    const wanted = entries.slice(0, most - found.length);
    for (const entry of wanted) found.push(entry);
    return wanted.length;
  }
  let looked = 0;
  for (const entry of entries) {
    if (found.length >= most) break;
    looked += 1;
    if (selection.name !== undefined && entry.name !== selection.name) continue;
    if (selection.matches(entry)) found.push(entry);
    const pause = steps.done(entry.sizeBytes);
    if (pause) await pause;
  }
  return looked;
}
