import { readFile } from 'node:fs/promises';
import { openAuditLog } from '../../apiserver/audit/audit-log.ts';
import { AuditPolicyError, parseAuditPolicy } from '../../apiserver/audit/audit-policy.ts';
import type { ApiLog } from '../../apiserver/contracts.ts';
import type { FrontOptions } from '../../apiserver/filters/front-chain.ts';
import { type ApiFlags, listFlag } from '../platform/api-flags.ts';
import { UsageError } from '../platform/options.ts';
import { durationFlag, numberFlag } from './typed-flags.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
const MIB = 1024 * 1024;
/** How many requests may run at a time where nothing else is said: upstream's. */
const DEFAULT_READS = 400;
const DEFAULT_WRITES = 200;

/** positive leaves out a limit of 0, which stands for none. */
function positive(value: number | undefined, factor: number): number | undefined {
  return value ? value * factor : undefined;
}

function requestTimeoutOf(flags: ApiFlags): number | undefined {
  const ms = durationFlag(flags, '--request-timeout');
  if (ms !== 0) return ms;
  const text = flags['--request-timeout'];
  throw new UsageError(
    `invalid argument "${text}" for "--request-timeout" flag: must be longer than 0`,
  );
}

function inFlightOf(flags: ApiFlags): number | undefined {
  const reads = numberFlag(flags, '--max-requests-inflight');
  const writes = numberFlag(flags, '--max-mutating-requests-inflight');
  if (reads === undefined && writes === undefined) return undefined;
  return (reads ?? DEFAULT_READS) + (writes ?? DEFAULT_WRITES);
}

async function auditOf(flags: ApiFlags, log: ApiLog): Promise<FrontOptions['audit']> {
  const policyFile = flags['--audit-policy-file'];
  const path = flags['--audit-log-path'];
  if (!isAudited(flags) || !policyFile || !path) return undefined;
  try {
    const policy = parseAuditPolicy(await readFile(policyFile, 'utf8'));
    const maxSizeBytes = positive(numberFlag(flags, '--audit-log-maxsize'), MIB);
    const maxAgeMs = positive(numberFlag(flags, '--audit-log-maxage'), DAY_MS);
    const maxBackups = positive(numberFlag(flags, '--audit-log-maxbackup'), 1);
    const sink = await openAuditLog({
      path,
      log,
      now: () => new Date(),
      ...(maxSizeBytes === undefined ? {} : { maxSizeBytes }),
      ...(maxAgeMs === undefined ? {} : { maxAgeMs }),
      ...(maxBackups === undefined ? {} : { maxBackups }),
    });
    return { policy, sink };
  } catch (error) {
    if (!(error instanceof AuditPolicyError)) throw error;
    throw new UsageError(`loading audit policy file: ${policyFile}: ${error.message}`, {
      cause: error,
    });
  }
}

/** isAudited tells whether requests are recorded: only where there is a policy and a log. */
export function isAudited(flags: ApiFlags): boolean {
  return Boolean(flags['--audit-policy-file'] && flags['--audit-log-path']);
}

/** readFrontOptions reads the flags that are about the HTTP front; throws UsageError. */
export async function readFrontOptions(flags: ApiFlags, log: ApiLog): Promise<FrontOptions> {
  const requestTimeoutMs = requestTimeoutOf(flags);
  const maxRequestsInFlight = inFlightOf(flags);
  const corsAllowedOrigins = listFlag(flags['--cors-allowed-origins'], []);
  const audit = await auditOf(flags, log);
  return {
    ...(requestTimeoutMs === undefined ? {} : { requestTimeoutMs }),
    ...(maxRequestsInFlight === undefined ? {} : { maxRequestsInFlight }),
    ...(corsAllowedOrigins.length === 0 ? {} : { corsAllowedOrigins }),
    ...(audit ? { audit } : {}),
  };
}
