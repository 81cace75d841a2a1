import type { Io } from '../io.ts';
import type { RemoteCommand } from './channels.ts';

interface Terminal {
  setRawMode?(raw: boolean): unknown;
  readonly columns?: number;
  readonly rows?: number;
}

/**
 * inRawMode runs work while the user's terminal passes every key on, and tells the command the size
 * of the terminal whenever it changes. The terminal is put back whatever happens.
 */
export async function inRawMode<T>(
  io: Io,
  remote: RemoteCommand,
  work: () => Promise<T>,
): Promise<T> {
  const input = io.stdin as Terminal;
  const output = io.stdout as Terminal & NodeJS.EventEmitter;
  const tell = () => {
    const { columns, rows } = output;
    if (columns && rows) remote.resize({ columns, rows });
  };
  input.setRawMode?.(true);
  output.on('resize', tell);
  tell();
  try {
    return await work();
  } finally {
    output.off('resize', tell);
    input.setRawMode?.(false);
  }
}
