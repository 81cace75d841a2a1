import type { IncomingMessage } from 'node:http';
import type { Http2ServerRequest } from 'node:http2';
import { type PeerCertificate, TLSSocket } from 'node:tls';

/** ClientCertificate is what a connection shows of its client. */
export interface ClientCertificate {
  /** The certificate with its chain, if the client sent one that verified. */
  readonly peerCertificate: PeerCertificate | undefined;
  readonly certificateRefused: boolean;
}

const NO_CERTIFICATE: ClientCertificate = {
  peerCertificate: undefined,
  certificateRefused: false,
};

const certificates = new WeakMap<object, ClientCertificate>();

/** connectionOf is what the requests of one connection share: the socket, or the HTTP/2 session's. */
function connectionOf(request: IncomingMessage): object | undefined {
  const { stream } = request as unknown as Partial<Http2ServerRequest>;
  return stream ? stream.session?.socket : request.socket;
}

/** certificateOf answers the certificate of a request's connection; it is read once. */
export function certificateOf(request: IncomingMessage): ClientCertificate {
  const socket = connectionOf(request);
  if (!(socket instanceof TLSSocket)) return NO_CERTIFICATE;
  const known = certificates.get(socket);
  if (known) return known;
  const certificate = socket.getPeerCertificate(true);
  const isSent = certificate?.raw !== undefined;
  const answer = {
    peerCertificate: isSent && socket.authorized ? certificate : undefined,
    certificateRefused: isSent && !socket.authorized,
  };
  certificates.set(socket, answer);
  return answer;
}
