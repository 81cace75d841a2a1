import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { KubeconfigError, type KubeExec } from './kubeconfig.ts';

const run = promisify(execFile);
/** A credential is asked for anew so long before it expires. */
const EARLY_MS = 10_000;

/** ExecCredentials is what a credential program answered. */
export interface ExecCredentials {
  readonly token?: string;
  readonly certPem?: string;
  readonly keyPem?: string;
  readonly expiresAtMs: number;
}

/** newExecCredentials makes a source that runs the program when there is no valid answer of it. */
export function newExecCredentials(exec: KubeExec): () => Promise<ExecCredentials> {
  let held: Promise<ExecCredentials> | undefined;
  return async () => {
    const current = held && (await held.catch(() => undefined));
    if (current && current.expiresAtMs - EARLY_MS > Date.now()) return current;
    held = runExec(exec);
    return held;
  };
}

async function runExec(exec: KubeExec): Promise<ExecCredentials> {
  const { apiVersion, command, args, env } = exec;
  const info = { apiVersion, kind: 'ExecCredential', spec: { interactive: false } };
  const environment: NodeJS.ProcessEnv = {
    ...process.env,
    KUBERNETES_EXEC_INFO: JSON.stringify(info),
  };
  for (const { name, value } of env ?? []) environment[name] = value;
  try {
    const { stdout } = await run(command, [...(args ?? [])], { env: environment });
    return readCredential(stdout);
  } catch (error) {
    const hint = exec.installHint ? `\n${exec.installHint}` : '';
    const text = `getting credentials: exec: ${(error as Error).message}${hint}`;
    throw new KubeconfigError(text, { cause: error });
  }
}

interface Answer {
  status?: {
    token?: string;
    clientCertificateData?: string;
    clientKeyData?: string;
    expirationTimestamp?: string;
  };
}

function readCredential(text: string): ExecCredentials {
  const { status } = JSON.parse(text) as Answer;
  if (!status) throw new Error('the program answered no status');
  const { token, clientCertificateData, clientKeyData, expirationTimestamp } = status;
  return {
    ...(token ? { token } : {}),
    ...(clientCertificateData ? { certPem: clientCertificateData } : {}),
    ...(clientKeyData ? { keyPem: clientKeyData } : {}),
    expiresAtMs: expirationTimestamp ? Date.parse(expirationTimestamp) : Number.POSITIVE_INFINITY,
  };
}
