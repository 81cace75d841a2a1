import type { Duplex } from 'node:stream';
import { createWebSocketStream } from 'ws';
import { FORWARD_PROTOCOL, serveChannelForward } from './channel-forward.ts';
import type { UpgradeSocket } from './connect-call.ts';
import { drained } from './drained.ts';
import { type ForwardTarget, forwardFailure } from './forward-target.ts';
import { dialPod } from './pod-dialer.ts';
import { type SpdyStream, serveSpdy } from './spdy/spdy-connection.ts';
import { isUpgradeTo, offeredProtocols, refuse, switchToSpdy } from './upgrade-answer.ts';
import { acceptWebSocket } from './websocket-command.ts';

const PROTOCOL = 'portforward.k8s.io';
const TUNNEL = 'SPDY/3.1+portforward.k8s.io';

async function toClient(remote: Duplex, stream: SpdyStream): Promise<void> {
  for await (const chunk of remote) await stream.write(chunk as Buffer);
  stream.end();
}

async function toPod(stream: SpdyStream, remote: Duplex): Promise<void> {
  for await (const chunk of stream.incoming) {
    if (remote.destroyed) return;
    if (!remote.write(chunk)) await drained(remote);
  }
  remote.end();
}

async function forward(target: ForwardTarget, data: SpdyStream, error: SpdyStream): Promise<void> {
  const port = Number(data.headers.port);
  try {
    const remote = await dialPod(await target.place(), port);
    // A connection that breaks ends both loops below.
    remote.on('error', () => undefined);
    await Promise.allSettled([toClient(remote, data), toPod(data, remote)]);
    remote.destroy();
    data.end();
  } catch (cause) {
    await error.write(Buffer.from(forwardFailure(target, port, cause)));
    data.end();
  } finally {
    error.end();
  }
}

/** Pairs the error and data streams of a connection by their request id. */
function serveForwards(socket: Duplex, target: ForwardTarget): void {
  const waiting = new Map<string, SpdyStream>();
  serveSpdy(socket, {
    onStream(stream) {
      const { requestid = '', port = '', streamtype } = stream.headers;
      const key = requestid === '' ? port : requestid;
      const other = waiting.get(key);
      if (other === undefined || other.headers.streamtype === streamtype) {
        waiting.set(key, stream);
        return;
      }
      waiting.delete(key);
      const [data, error] = streamtype === 'data' ? [stream, other] : [other, stream];
      void forward(target, data, error);
    },
    onClose: () => waiting.clear(),
  });
}

/** servePortForward takes over a connection for port-forward: SPDY, or SPDY inside a WebSocket. */
export async function servePortForward(
  upgrade: UpgradeSocket,
  target: ForwardTarget,
): Promise<void> {
  if (isUpgradeTo(upgrade, 'websocket')) {
    const accepted = await acceptWebSocket(upgrade, [TUNNEL, FORWARD_PROTOCOL]);
    if (accepted?.protocol === TUNNEL) {
      serveForwards(createWebSocketStream(accepted.socket), target);
    } else if (accepted !== undefined) {
      void serveChannelForward(accepted.socket, target.ports, target);
    }
    return;
  }
  const offered = offeredProtocols(upgrade, 'x-stream-protocol-version');
  if (offered.length > 0 && !offered.includes(PROTOCOL)) {
    const message = `unable to upgrade: unable to negotiate protocol: client supports [${offered.join(' ')}], server accepts [${PROTOCOL}]`;
    refuse(upgrade, '403 Forbidden', message);
    return;
  }
  switchToSpdy(upgrade, PROTOCOL);
  serveForwards(upgrade.socket, target);
}
