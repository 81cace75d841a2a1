import { type IncomingMessage, request as sendPlain } from 'node:http';
import { request as sendSecure } from 'node:https';
import { trustIn } from '../../../client/trust.ts';
import { CliError } from '../../cli-error.ts';
import type { Invocation } from '../../command.ts';
import type { Connection } from '../../kubeconfig/connection.ts';

const CLIENT = 'openshift-challenging-client';

interface Answer {
  readonly code: number;
  readonly headers: IncomingMessage['headers'];
  readonly text: string;
}

function fetchOnce(
  url: string,
  { caPem, insecure }: Connection,
  headers: Record<string, string>,
): Promise<Answer> {
  const send = url.startsWith('https:') ? sendSecure : sendPlain;
  const trust = { ...trustIn(caPem), rejectUnauthorized: !insecure };
  return new Promise((resolve, reject) => {
    send(url, { ...trust, headers, agent: false }, (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (chunk) => {
        text += chunk;
      });
      answer.on('error', reject);
      answer.on('end', () =>
        resolve({ code: answer.statusCode ?? 0, headers: answer.headers, text }),
      );
    })
      .on('error', reject)
      .end();
  });
}

async function authorizeUrl(connection: Connection): Promise<string> {
  const url = `${connection.server}/.well-known/oauth-authorization-server`;
  const { code, text } = await fetchOnce(url, connection, { accept: 'application/json' });
  const endpoint = code === 200 ? JSON.parse(text).authorization_endpoint : undefined;
  if (typeof endpoint !== 'string')
    throw new CliError(
      `the server ${connection.server} has no login by user name and password; log in with --token=TOKEN`,
    );
  return `${endpoint}?${new URLSearchParams({ response_type: 'token', client_id: CLIENT })}`;
}

/**
 * requestToken exchanges a user name and password for a token, by the challenge of OpenShift's
 * OAuth server: basic authentication, and the token in the fragment of the redirection.
 */
export async function requestToken(
  { flags, io }: Invocation,
  connection: Connection,
): Promise<string> {
  const url = await authorizeUrl(connection);
  const pair = `${flags.string('username')}:${flags.string('password')}`;
  if (!flags.string('username') || !flags.string('password'))
    throw new CliError('a user name and password, or a token, must be specified');
  const { code, headers } = await fetchOnce(url, connection, {
    'x-csrf-token': '1',
    authorization: `Basic ${Buffer.from(pair).toString('base64')}`,
  });
  const fragment = new URLSearchParams(new URL(headers.location ?? url, url).hash.slice(1));
  const token = fragment.get('access_token');
  if (code === 302 && token) return token;
  io.out('Login failed (401 Unauthorized)\nVerify you have provided the correct credentials.\n');
  throw new CliError(fragment.get('error_description') ?? `the login was refused (${code})`);
}
