import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** KubeExec is a program that hands out credentials (client.authentication.k8s.io). */
export interface KubeExec {
  readonly apiVersion: string;
  readonly command: string;
  readonly args?: readonly string[] | null;
  readonly env?: readonly { readonly name: string; readonly value: string }[] | null;
  readonly installHint?: string;
}

/** ExecCredentialsError says why a credential program gave nothing; its text is for the user. */
export class ExecCredentialsError extends Error {
  override readonly name = 'ExecCredentialsError';
}

/** ExecCredentials is what a credential program answered. */
export interface ExecCredentials {
  readonly token?: string;
  readonly certPem?: string;
  readonly keyPem?: string;
}

/** execCredentials runs the program and answers what it hands out. Throws ExecCredentialsError. */
export async function execCredentials(exec: KubeExec): Promise<ExecCredentials> {
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
    throw new ExecCredentialsError(text, { cause: error });
  }
}

interface Answer {
  status?: {
    token?: string;
    clientCertificateData?: string;
    clientKeyData?: string;
  };
}

function readCredential(text: string): ExecCredentials {
  const { status } = JSON.parse(text) as Answer;
  if (!status) throw new Error('the program answered no status');
  const { token, clientCertificateData, clientKeyData } = status;
  return {
    ...(token ? { token } : {}),
    ...(clientCertificateData ? { certPem: clientCertificateData } : {}),
    ...(clientKeyData ? { keyPem: clientKeyData } : {}),
  };
}
