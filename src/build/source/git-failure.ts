import { BuildFailure } from '../build-failure.ts';
import type { GitResult } from './git-command.ts';

/** FailedFetch is a fetch that did not work, with what is needed to explain it. */
export interface FailedFetch {
  readonly uri: string;
  /** The URL that git really asked, after rewrites. */
  readonly asked: string;
  readonly ref: string;
  readonly result: GitResult;
}

const NO_ANSWER = [
  /could not resolve host(?:name)?:? ?.*/i,
  /failed to connect to .*/i,
  /temporary failure in name resolution/i,
  /name or service not known/i,
  /connection (?:refused|timed out|reset by peer)/i,
  /no route to host/i,
  /network is unreachable/i,
  /unable to connect to .*/i,
];
const NO_REF = /couldn't find remote ref|remote branch .* not found|not our ref|bad object/i;
const NO_ACCESS =
  /authentication failed|could not read (?:username|password)|permission denied|403/i;
const NO_REPOSITORY =
  /repository .*not found|does not appear to be a git repository|not found: did you run/i;

/** gitHost answers the host of a git URL in any of its spellings, or the URL itself. */
function gitHost(uri: string): string {
  const url = /^[a-z+]+:\/\/(?:[^@/]*@)?(\[[^\]]*\]|[^/:]+)/i.exec(uri);
  const scp = /^(?:[^@/]+@)?([^:/]+):/.exec(uri);
  return url?.[1] ?? scp?.[1] ?? uri;
}

function prefixOf(uri: string): string {
  return /^[a-z+]+:\/\/[^/]+\//i.exec(uri)?.[0] ?? `${gitHost(uri)}:`;
}

function lastWords(stderr: string): string {
  const lines = stderr.split(/[\r\n]+/).filter((line) => /^(fatal|error|remote):/.test(line));
  return lines.join('\n').trim() || stderr.trim().split('\n').slice(-3).join('\n');
}

function unreachable({ uri, asked }: FailedFetch, why: string): string {
  const host = gitHost(asked);
  const lines = [`the git host "${host}" did not answer (${why})`];
  if (/^(localhost|127\.|\[?::1)/.test(host)) {
    lines.push(`"${host}" is the build pod itself: use an address that pods can reach`);
  }
  lines.push(
    'to use a local copy of a repository, add a rewrite to /etc/sampan/config.yaml:',
    '  gitRewrites:',
    `  - from: ${prefixOf(uri)}`,
    '    to: /path/or/url/of/the/copies/',
  );
  return lines.join('\n');
}

/** explainFetch turns a failed fetch into an error that names what is wrong and the way out. */
export function explainFetch(failed: FailedFetch): BuildFailure {
  const { uri, ref, result } = failed;
  const match = NO_ANSWER.map((one) => one.exec(result.stderr)?.[0]).find(Boolean);
  const said = lastWords(result.stderr);
  let text = said;
  if (result.silent) text = unreachable(failed, 'it accepted no data for too long');
  else if (match) text = unreachable(failed, match);
  else if (NO_REF.test(result.stderr)) {
    text = `the repository "${uri}" has no branch, tag or commit "${ref}"\n${said}`;
  } else if (NO_REPOSITORY.test(result.stderr)) {
    text = `the repository "${uri}" does not exist, or it needs a source secret\n${said}`;
  } else if (NO_ACCESS.test(result.stderr)) {
    text = `the repository "${uri}" refuses access: give the build config a source secret with "oc set build-secret --source"\n${said}`;
  }
  return new BuildFailure('FetchSourceFailed', text);
}
