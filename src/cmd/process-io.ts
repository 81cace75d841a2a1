import { isatty } from 'node:tty';
import type { Io } from '../cli/io.ts';

/** newProcessIo is the Io of this process; the program is called as $SAMPAN_PROGRAM says. */
export function newProcessIo(): Io {
  const controller = new AbortController();
  let program = process.env.SAMPAN_PROGRAM ?? 'sampan';
  if (program === '') program = 'sampan';
  return {
    program,
    env: process.env,
    cwd: process.cwd(),
    get stdin() {
      return process.stdin;
    },
    get stdout() {
      return process.stdout;
    },
    out: (text) => {
      if (text !== '') process.stdout.write(text);
    },
    err: (text) => {
      if (text !== '') process.stderr.write(text);
    },
    get inputIsTerminal() {
      return isatty(0);
    },
    get outputIsTerminal() {
      return isatty(1);
    },
    get signal() {
      for (const name of ['SIGINT', 'SIGTERM'] as const)
        if (process.listenerCount(name) === 0) process.once(name, () => controller.abort());
      return controller.signal;
    },
    now: () => new Date(),
  };
}
