import { connect } from 'node:net';

/** HAProxy reads one line of commands into one buffer (tune.bufsize): stay well below it. */
const MAX_LINE_BYTES = 12_000;
const TIMEOUT_MS = 5_000;

/** RuntimeError is a command that HAProxy did not carry out. */
export class RuntimeError extends Error {
  override readonly name = 'RuntimeError';
}

/** ask sends one line to HAProxy's socket and answers all that it says. */
export function ask(path: string, line: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(path);
    const chunks: Buffer[] = [];
    socket.setTimeout(TIMEOUT_MS, () => socket.destroy(new Error('HAProxy did not answer')));
    socket.on('error', (cause) => reject(new RuntimeError(`${path}: ${cause.message}`, { cause })));
    socket.on('data', (chunk) => chunks.push(chunk));
    socket.on('end', () => resolve(Buffer.concat(chunks).toString()));
    socket.write(`${line}\n`);
  });
}

/** execute carries out commands that change something, in order. Throws RuntimeError. */
export async function execute(path: string, commands: readonly string[]): Promise<void> {
  for (const line of batches(commands)) {
    const said = (await ask(path, line)).split('\n').filter((one) => !isFine(one));
    if (said.length > 0) throw new RuntimeError(`HAProxy: ${said.join(' ')} (${line})`);
  }
}

/** batches joins commands to lines that HAProxy takes. */
export function batches(commands: readonly string[]): readonly string[] {
  const lines: string[] = [];
  let current = '';
  for (const command of commands) {
    if (current !== '' && current.length + command.length > MAX_LINE_BYTES) {
      lines.push(current);
      current = '';
    }
    current += current === '' ? command : `; ${command}`;
  }
  return current === '' ? lines : [...lines, current];
}

/** Success is silent, but for addresses. */
function isFine(line: string): boolean {
  return line.trim() === '' || /^(IP changed|port changed|no need to change)/.test(line);
}
