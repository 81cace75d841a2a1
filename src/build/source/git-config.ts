import { chmod, copyFile, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { BuildSettings } from '../build-settings.ts';

/** GitAccess says how git reaches a repository. */
export interface GitAccess {
  readonly uri: string;
  readonly settings: BuildSettings;
  /** A mounted source secret: `username`, `password`, `ssh-privatekey`, `ca.crt`, `.gitconfig`. */
  readonly secretDirectory?: string | undefined;
  /** A private folder for what git reads. */
  readonly scratchDirectory: string;
  readonly httpProxy?: string | undefined;
  readonly httpsProxy?: string | undefined;
  readonly noProxy?: string | undefined;
}

async function secretFile(
  directory: string | undefined,
  name: string,
): Promise<string | undefined> {
  if (directory === undefined) return undefined;
  const text = await readFile(join(directory, name), 'utf8').catch(() => undefined);
  return text?.replace(/\r?\n$/, '');
}

function quoted(value: string): string {
  return `"${value.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
}

async function credentialLines(access: GitAccess): Promise<readonly string[]> {
  const { secretDirectory, scratchDirectory, uri } = access;
  const username = await secretFile(secretDirectory, 'username');
  const password =
    (await secretFile(secretDirectory, 'password')) ?? (await secretFile(secretDirectory, 'token'));
  if (password === undefined || !/^https?:/.test(uri)) return [];
  const url = new URL(uri);
  url.username = encodeURIComponent(username ?? 'builder');
  url.password = encodeURIComponent(password);
  url.pathname = '';
  const store = join(scratchDirectory, 'git-credentials');
  await writeFile(store, `${url.href.replace(/\/$/, '')}\n`, { mode: 0o600 });
  return ['[credential]', `  helper = ${quoted(`store --file=${store}`)}`];
}

/** rewriteGitUrl applies the longest matching rewrite, as git itself will. */
export function rewriteGitUrl(uri: string, rewrites: BuildSettings['gitRewrites']): string {
  const fitting = rewrites.filter(({ from }) => uri.startsWith(from));
  const best = fitting.sort((a, b) => b.from.length - a.from.length)[0];
  return best ? best.to + uri.slice(best.from.length) : uri;
}

async function configText(access: GitAccess): Promise<string> {
  const { settings, secretDirectory } = access;
  const lines = ['[safe]', '  directory = *', '[advice]', '  detachedHead = false'];
  lines.push('[init]', '  defaultBranch = master');
  for (const { from, to } of settings.gitRewrites) {
    lines.push(`[url ${quoted(to)}]`, `  insteadOf = ${quoted(from)}`);
  }
  const secretCa = secretDirectory && join(secretDirectory, 'ca.crt');
  const hasCa = secretCa && (await stat(secretCa).catch(() => undefined)) !== undefined;
  const ca = hasCa ? secretCa : settings.caBundle;
  if (ca) lines.push('[http]', `  sslCAInfo = ${quoted(ca)}`);
  lines.push(...(await credentialLines(access)));
  const own = secretDirectory && join(secretDirectory, '.gitconfig');
  if (own && (await stat(own).catch(() => undefined))) {
    lines.push('[include]', `  path = ${quoted(own)}`);
  }
  return `${lines.join('\n')}\n`;
}

async function sshCommand({ secretDirectory, scratchDirectory }: GitAccess): Promise<string> {
  const options =
    'ssh -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o BatchMode=yes';
  const key = secretDirectory && join(secretDirectory, 'ssh-privatekey');
  if (!key || !(await stat(key).catch(() => undefined))) return options;
  // ssh refuses keys that others may read, as mounted secrets are.
  const copy = join(scratchDirectory, 'ssh-privatekey');
  await copyFile(key, copy);
  await chmod(copy, 0o600);
  return `${options} -i ${copy}`;
}

/** gitEnvironment writes git's configuration for one repository and answers git's environment. */
export async function gitEnvironment(access: GitAccess): Promise<Record<string, string>> {
  const config = join(access.scratchDirectory, 'gitconfig');
  await writeFile(config, await configText(access), { mode: 0o600 });
  const { httpProxy, httpsProxy, noProxy } = access;
  return {
    PATH: process.env.PATH ?? '/usr/local/bin:/usr/bin:/bin',
    HOME: access.scratchDirectory,
    LC_ALL: 'C',
    GIT_CONFIG_GLOBAL: config,
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_TERMINAL_PROMPT: '0',
    GIT_ASKPASS: 'true',
    GIT_SSH_COMMAND: await sshCommand(access),
    ...(httpProxy ? { http_proxy: httpProxy, HTTP_PROXY: httpProxy } : {}),
    ...(httpsProxy ? { https_proxy: httpsProxy, HTTPS_PROXY: httpsProxy } : {}),
    ...(noProxy ? { no_proxy: noProxy, NO_PROXY: noProxy } : {}),
  };
}
