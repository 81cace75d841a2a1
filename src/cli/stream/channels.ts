import type { UpgradedConnection } from '../../client/transport.ts';
import type { Status } from '../../machinery/meta/v1.ts';
import { CliError } from '../cli-error.ts';

/** EXEC_PROTOCOLS are the subprotocols of exec and attach, the best first. */
export const EXEC_PROTOCOLS = ['v5.channel.k8s.io', 'v4.channel.k8s.io'] as const;

const STDIN = 0;
const STDOUT = 1;
const STDERR = 2;
const ERROR = 3;
const RESIZE = 4;
const CLOSE = 255;

/** TerminalSize is the size of a terminal in characters. */
export interface TerminalSize {
  readonly columns: number;
  readonly rows: number;
}

/** RemoteCommand is a command that runs in a container: its streams are channels of one WebSocket. */
export class RemoteCommand {
  private readonly connection: UpgradedConnection;

  constructor(connection: UpgradedConnection) {
    this.connection = connection;
  }

  private send(channel: number, bytes: Uint8Array): Promise<void> {
    const { messages } = this.connection;
    return new Promise((done) => {
      const message = Buffer.concat([Buffer.of(channel), bytes]);
      if (messages.write(message)) done();
      else messages.once('drain', done);
    });
  }

  /** feed sends standard input until it ends; then the container sees its end (version 5 only). */
  async feed(input: AsyncIterable<Uint8Array>): Promise<void> {
    for await (const chunk of input) await this.send(STDIN, Buffer.from(chunk));
    if (this.connection.protocol.startsWith('v5'))
      this.connection.messages.write(Buffer.of(CLOSE, STDIN));
  }

  /** resize tells the size of the terminal. */
  resize({ columns, rows }: TerminalSize): void {
    const size = JSON.stringify({ Width: columns, Height: rows });
    void this.send(RESIZE, Buffer.from(size));
  }

  /** output hands out what the command writes, and answers its exit code. Other failures throw. */
  async output(write: {
    out(bytes: Uint8Array): void;
    err(bytes: Uint8Array): void;
  }): Promise<number> {
    for await (const message of this.connection.messages as AsyncIterable<Buffer>) {
      const body = message.subarray(1);
      if (message[0] === STDOUT) write.out(body);
      else if (message[0] === STDERR) write.err(body);
      else if (message[0] === ERROR) {
        const code = exitCodeOf(JSON.parse(body.toString('utf8')));
        this.connection.close();
        return code;
      }
    }
    throw new CliError('error sending request: the connection ended before the command did');
  }
}

/** exitCodeOf reads the Status that ends a command. Failures other than an exit code throw. */
function exitCodeOf({ status, reason, message, details }: Status): number {
  if (status === 'Success') return 0;
  const cause = details?.causes?.find((one) => one.reason === 'ExitCode');
  if (reason === 'NonZeroExitCode' && cause) return Number(cause.message);
  throw new CliError(message ?? 'the command failed');
}
