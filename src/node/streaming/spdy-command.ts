import type { Status } from '../../machinery/meta/v1.ts';
import {
  type CommandOptions,
  type CommandStreams,
  parseSize,
  type TerminalSize,
} from './command-streams.ts';
import type { UpgradeSocket } from './connect-call.ts';
import { type SpdyConnection, type SpdyStream, serveSpdy } from './spdy/spdy-connection.ts';
import { offeredProtocols, refuse, switchToSpdy } from './upgrade-answer.ts';

const PROTOCOLS = ['v4.channel.k8s.io', 'v3.channel.k8s.io', 'v2.channel.k8s.io', 'channel.k8s.io'];
const STREAMS_TIMEOUT_MS = 30_000;

function wantedStreams(options: CommandOptions, protocol: string): string[] {
  const resizes = protocol.startsWith('v4') || protocol.startsWith('v3');
  return [
    'error',
    ...(options.stdin ? ['stdin'] : []),
    ...(options.stdout ? ['stdout'] : []),
    ...(options.stderr && !options.tty ? ['stderr'] : []),
    ...(options.tty && resizes ? ['resize'] : []),
  ];
}

async function* sizesOf(stream: SpdyStream | undefined): AsyncIterable<TerminalSize> {
  if (stream === undefined) return;
  for await (const chunk of stream.incoming) {
    for (const text of Buffer.from(chunk)
      .toString('utf8')
      .match(/\{[^}]*\}/g) ?? []) {
      const size = parseSize(text);
      if (size !== undefined) yield size;
    }
  }
}

function statusText(status: Status, protocol: string): string {
  if (protocol.startsWith('v4')) return JSON.stringify(status);
  return status.status === 'Success' ? '' : (status.message ?? '');
}

function streamsOver(
  connection: SpdyConnection,
  streams: ReadonlyMap<string, SpdyStream>,
  context: { readonly protocol: string; readonly closed: AbortSignal },
): CommandStreams {
  return {
    stdin: streams.get('stdin')?.incoming,
    resizes: sizesOf(streams.get('resize')),
    closed: context.closed,
    write: async (name, data) => streams.get(name)?.write(data),
    async finish(status) {
      const error = streams.get('error');
      await error?.write(Buffer.from(statusText(status, context.protocol)));
      for (const stream of streams.values()) stream.end();
      connection.close();
    },
  };
}

/**
 * acceptSpdyCommand takes over a connection for exec or attach over SPDY/3.1 and resolves when the
 * client has opened all streams; undefined when there is no common protocol, or it never does.
 */
export function acceptSpdyCommand(
  upgrade: UpgradeSocket,
  options: CommandOptions,
): Promise<CommandStreams | undefined> {
  const offered = offeredProtocols(upgrade, 'x-stream-protocol-version');
  const protocol = offered.length === 0 ? '' : PROTOCOLS.find((one) => offered.includes(one));
  if (protocol === undefined) {
    const list = `[${offered.join(' ')}]`;
    const message = `unable to upgrade: unable to negotiate protocol: client supports ${list}, server accepts [${PROTOCOLS.join(' ')}]`;
    refuse(upgrade, '403 Forbidden', message);
    return Promise.resolve(undefined);
  }
  switchToSpdy(upgrade, protocol === '' ? undefined : protocol);
  const wanted = wantedStreams(options, protocol);
  const streams = new Map<string, SpdyStream>();
  const gone = new AbortController();
  return new Promise((resolve) => {
    const connection = serveSpdy(upgrade.socket, {
      onStream(stream) {
        streams.set(stream.headers.streamtype ?? '', stream);
        if (!wanted.every((one) => streams.has(one))) return;
        clearTimeout(timer);
        resolve(streamsOver(connection, streams, { protocol, closed: gone.signal }));
      },
      onClose() {
        gone.abort();
        clearTimeout(timer);
        resolve(undefined);
      },
    });
    const timer = setTimeout(() => connection.close(), STREAMS_TIMEOUT_MS);
  });
}
