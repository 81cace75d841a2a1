import { statusErrorOf } from '../../client/status-response.ts';
import type { ApiBody, ApiRequest, ApiResponse, Transport } from '../../client/transport.ts';
import type { WatchEvent } from '../../machinery/object.ts';
import type { Connection } from '../kubeconfig/connection.ts';
import { open } from './open-http.ts';
import { type Answer, RAW_BYTES } from './outgoing.ts';

async function textOf(answer: Answer): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of answer) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}

async function* events(answer: Answer): AsyncGenerator<WatchEvent> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of answer) {
    rest += decoder.decode(chunk, { stream: true });
    for (let end = rest.indexOf('\n'); end >= 0; end = rest.indexOf('\n')) {
      const line = rest.slice(0, end);
      rest = rest.slice(end + 1);
      if (line !== '') yield JSON.parse(line);
    }
  }
}

async function bodyOf(request: ApiRequest, answer: Answer): Promise<ApiBody> {
  const contentType = String(answer.headers['content-type'] ?? '');
  if (request.headers?.[RAW_BYTES] || !contentType.startsWith('application/json'))
    return { kind: 'bytes', contentType, bytes: answer };
  const watch = request.query?.get('watch');
  if (watch === 'true' || watch === '1') return { kind: 'watch', events: events(answer) };
  return { kind: 'object', object: JSON.parse(await textOf(answer)) };
}

function warningsOf(answer: Answer): string[] {
  const header = String(answer.headers.warning ?? '');
  return [...header.matchAll(/299 \S+ "((?:[^"\\]|\\.)*)"/g)].map(([, text = '']) =>
    text.replace(/\\(.)/g, '$1'),
  );
}

/**
 * newHttpsTransport is the Transport of the command line: Node's own HTTPS, because a command that
 * sends one request should not wait for a larger client to load. `warn` is told `Warning` headers;
 * upgrades load the client room's transport.
 */
export function newHttpsTransport(connection: Connection, warn: (text: string) => void): Transport {
  return {
    async request(request): Promise<ApiResponse> {
      const answer = await open(connection, request);
      const code = answer.statusCode ?? 500;
      const warnings = warningsOf(answer);
      for (const text of warnings) warn(text);
      if (code >= 400) throw statusErrorOf(code, await textOf(answer));
      return { status: code, warnings, body: await bodyOf(request, answer) };
    },
    async upgrade(request, protocols) {
      const { newHttpTransport } = await import('../../client/http-transport.ts');
      const { server, caPem, certPem, keyPem, token, as, asUid, asGroups } = connection;
      const transport = newHttpTransport({
        server,
        ...(caPem ? { caPem } : {}),
        ...(certPem ? { certPem } : {}),
        ...(keyPem ? { keyPem } : {}),
        ...(token ? { token } : {}),
        ...(connection.insecure ? { insecureSkipTlsVerify: true } : {}),
        ...(connection.tlsServerName ? { tlsServerName: connection.tlsServerName } : {}),
        ...(as
          ? { impersonate: { user: as, ...(asUid ? { uid: asUid } : {}), groups: asGroups } }
          : {}),
      });
      return transport.upgrade(request, protocols);
    },
  };
}
