import http2 from 'node:http2';

/** GrpcHealth is how a gRPC server answered the health check. */
export interface GrpcHealth {
  readonly serving: boolean;
  readonly message: string;
}

const SERVING = 1;
const STATUS_NAMES = ['UNKNOWN', 'SERVING', 'NOT_SERVING', 'SERVICE_UNKNOWN'];
const UNIMPLEMENTED = '12';

/** A message of gRPC: not compressed, its length, and a HealthCheckRequest of one string. */
function requestBytes(service: string): Buffer {
  const name = Buffer.from(service);
  const body = name.length === 0 ? name : Buffer.concat([Buffer.from([0x0a, name.length]), name]);
  const head = Buffer.alloc(5);
  head.writeUInt32BE(body.length, 1);
  return Buffer.concat([head, body]);
}

/** The status of a HealthCheckResponse: field 1, a number; absent is 0. */
function statusOf(message: Buffer): number {
  return message.length >= 7 && message[5] === 0x08 ? (message[6] ?? 0) : 0;
}

function healthOf(chunks: readonly Buffer[], grpcStatus: string, detail: string): GrpcHealth {
  if (grpcStatus === UNIMPLEMENTED) {
    return {
      serving: false,
      message:
        'error: this server does not implement the grpc health protocol (grpc.health.v1.Health)',
    };
  }
  if (grpcStatus !== '0') {
    return { serving: false, message: `error: health rpc probe failed: ${detail}` };
  }
  const status = statusOf(Buffer.concat(chunks));
  const name = STATUS_NAMES[status] ?? String(status);
  const message = `service unhealthy (responded with "${name}")`;
  return { serving: status === SERVING, message: status === SERVING ? '' : message };
}

/**
 * checkGrpcHealth asks `grpc.health.v1.Health/Check` of a server without TLS, as kubelet's gRPC
 * probes do. It rejects when the server cannot be reached in time.
 */
export function checkGrpcHealth(
  address: string,
  service: string,
  timeoutMs: number,
): Promise<GrpcHealth> {
  const session = http2.connect(`http://${address}`);
  const answer = new Promise<GrpcHealth>((resolve, reject) => {
    session.on('error', reject);
    const stream = session.request({
      ':method': 'POST',
      ':path': '/grpc.health.v1.Health/Check',
      'content-type': 'application/grpc',
      te: 'trailers',
    });
    const chunks: Buffer[] = [];
    let status = '0';
    let detail = '';
    const note = (headers: http2.IncomingHttpHeaders): void => {
      status = String(headers['grpc-status'] ?? status);
      detail = String(headers['grpc-message'] ?? detail);
    };
    stream.on('response', note);
    stream.on('trailers', note);
    stream.on('data', (chunk: Buffer) => chunks.push(chunk));
    stream.on('error', reject);
    stream.on('end', () => resolve(healthOf(chunks, status, detail)));
    stream.end(requestBytes(service));
  });
  const timer = setTimeout(
    () =>
      session.destroy(
        new Error(`timeout: failed to connect service "${address}" within ${timeoutMs}ms`),
      ),
    timeoutMs,
  );
  return answer.finally(() => {
    clearTimeout(timer);
    session.close();
  });
}
