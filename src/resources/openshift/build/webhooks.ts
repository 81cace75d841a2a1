import { timingSafeEqual } from 'node:crypto';
import type {
  BuildConfig,
  BuildRequest,
  GenericWebHookEvent,
  SourceRevision,
  WebHookTrigger,
} from '../../../apis/build.openshift.io/v1/types.ts';
import { BUILD_CONFIGS, SECRETS } from '../../../apis/resource-types.ts';
import type { ConnectRequest, RequestContext } from '../../../apiserver/resource-definition.ts';
import type { Client } from '../../../client/client.ts';
import type { ApiBody } from '../../../client/transport.ts';
import {
  isNotFound,
  newBadRequest,
  newNotFound,
  newUnauthorized,
} from '../../../machinery/status-error.ts';
import { instantiate } from './instantiate.ts';

const BODY_BYTES_MAX = 1024 * 1024;
const KINDS = ['generic', 'github'] as const;
type HookKind = (typeof KINDS)[number];

/** Hook is what a call of a webhook asks for; none means that there is nothing to build. */
interface Hook {
  readonly request: Partial<BuildRequest>;
  readonly revision: SourceRevision | undefined;
}

function triggersOf(config: BuildConfig, kind: HookKind): readonly WebHookTrigger[] {
  return (config.spec.triggers ?? []).flatMap((trigger) => {
    const hook = trigger.type.toLowerCase() === kind ? trigger[kind] : undefined;
    return hook ? [hook] : [];
  });
}

function equalSecrets(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}

async function secretOf(client: Client, namespace: string, hook: WebHookTrigger) {
  const name = hook.secretReference?.name;
  if (!name) return hook.secret ?? '';
  try {
    const { data } = await client.get(SECRETS, { namespace, name });
    return Buffer.from(data?.WebHookSecretKey ?? '', 'base64').toString();
  } catch (error) {
    if (isNotFound(error)) return '';
    throw error;
  }
}

async function matching(
  client: Client,
  config: BuildConfig,
  kind: HookKind,
  secret: string,
): Promise<WebHookTrigger | undefined> {
  for (const hook of triggersOf(config, kind)) {
    const wanted = await secretOf(client, config.metadata.namespace ?? '', hook);
    if (wanted !== '' && equalSecrets(wanted, secret)) return hook;
  }
  return undefined;
}

async function readBody(body: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    if (size > BODY_BYTES_MAX) throw newBadRequest('the body of the webhook is too large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

function branchOf(ref: string): string {
  return ref.replace(/^refs\/(heads|tags)\//, '');
}

/** concerns tells whether a push to a ref is one to the branch that the config builds. */
function concerns(config: BuildConfig, ref: string | undefined): boolean {
  if (!ref) return true;
  return branchOf(config.spec.source?.git?.ref || 'master') === branchOf(ref);
}

function generic(config: BuildConfig, text: string, hook: WebHookTrigger): Hook | undefined {
  if (text.trim() === '') return { request: {}, revision: undefined };
  const event = JSON.parse(text) as GenericWebHookEvent;
  const request: Partial<BuildRequest> = hook.allowEnv && event.env ? { env: event.env } : {};
  if (event.git === undefined) return { request, revision: undefined };
  const refs = event.git.refs?.length ? event.git.refs : [event.git];
  const wanted = refs.find(({ ref }) => concerns(config, ref));
  if (wanted === undefined) return undefined;
  const { commit = '', author, committer, message = '' } = wanted;
  const git = { commit, message, ...(author && { author }), ...(committer && { committer }) };
  return { request, revision: commit === '' ? undefined : { type: 'Git', git } };
}

interface GitHubPush {
  readonly ref?: string;
  readonly head_commit?: {
    readonly id: string;
    readonly message: string;
    readonly author: { name: string; email: string };
    readonly committer: { name: string; email: string };
  };
}

function github(config: BuildConfig, text: string, event: string): Hook | undefined {
  if (event === 'ping') return undefined;
  if (event !== 'push') throw newBadRequest(`Unknown X-GitHub-Event or X-Gogs-Event ${event}`);
  const push = JSON.parse(text) as GitHubPush;
  if (!concerns(config, push.ref)) return undefined;
  const head = push.head_commit;
  if (head === undefined) return { request: {}, revision: undefined };
  const { id: commit, message, author, committer } = head;
  return { request: {}, revision: { type: 'Git', git: { commit, message, author, committer } } };
}

function header(request: ConnectRequest, name: string): string {
  const value = request.headers[name];
  return typeof value === 'string' ? value : (value?.[0] ?? '');
}

async function hookOf(
  config: BuildConfig,
  kind: HookKind,
  trigger: WebHookTrigger,
  request: ConnectRequest,
): Promise<Hook | undefined> {
  const text = await readBody(request.body);
  try {
    if (kind === 'generic') return generic(config, text, trigger);
    const event = header(request, 'x-github-event') || header(request, 'x-gogs-event');
    return github(config, text, event);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw newBadRequest(`error unmarshaling payload: ${error.message}`, error);
  }
}

function causeOf(kind: HookKind, secret: string, revision: SourceRevision | undefined) {
  const hook = { secret: `<secret>`, ...(revision ? { revision } : {}) };
  if (secret === '') return [];
  return kind === 'github'
    ? [{ message: 'GitHub WebHook', githubWebHook: hook }]
    : [{ message: 'Generic WebHook', genericWebHook: hook }];
}

/**
 * webhook answers POST `buildconfigs/NAME/webhooks/SECRET/generic` or `…/github`: the secret in the
 * path is the credential. It starts a build when the push concerns the config's branch, and
 * answers it; a wrong secret and a missing config look alike.
 */
export async function webhook(
  client: Client,
  request: ConnectRequest,
  context: RequestContext,
): Promise<ApiBody> {
  const [secret = '', kindText = ''] = request.subpath.split('/').filter(Boolean);
  const kind = KINDS.find((one) => one === kindText);
  const { namespace } = context;
  if (kind === undefined) throw newNotFound({ group: '', resource: 'buildconfighook' }, kindText);
  const refused = newUnauthorized(
    `the webhook "${kind}" for "${request.name}" did not accept your secret`,
  );
  const config = await client
    .get(BUILD_CONFIGS, { namespace, name: request.name })
    .catch((error) => {
      throw isNotFound(error) ? refused : error;
    });
  const trigger = await matching(client, config, kind, decodeURIComponent(secret));
  if (trigger === undefined) throw refused;
  const hook = await hookOf(config, kind, trigger, request);
  if (hook === undefined) {
    return { kind: 'bytes', contentType: 'text/plain', bytes: (async function* () {})() };
  }
  const { revision } = hook;
  const build = await instantiate(
    client,
    request.name,
    {
      apiVersion: 'build.openshift.io/v1',
      kind: 'BuildRequest',
      metadata: { name: request.name },
      ...hook.request,
      ...(revision ? { revision } : {}),
      triggeredBy: causeOf(kind, secret, revision),
    },
    context,
  );
  return { kind: 'object', object: build };
}
