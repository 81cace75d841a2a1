import type { CommandEntry, CommandSection } from '../cli/command.ts';
import type { Io } from '../cli/io.ts';

/** PlatformProgram is a command of the platform itself: it answers the exit code. */
export type PlatformProgram = (argv: readonly string[], io: Io) => Promise<number>;

/** platformCommand puts a program into the command table; it parses its own command line. */
function platformCommand(
  name: string,
  short: string,
  load: () => Promise<PlatformProgram>,
): CommandEntry {
  return {
    name,
    short,
    load: async () => ({
      use: name,
      offline: true,
      rawArguments: true,
      run: async ({ args, io }) => (await load())(args, io),
    }),
  };
}

/** PLATFORM_SECTION holds the commands that start and stop the platform. */
export const PLATFORM_SECTION: CommandSection = {
  title: 'Platform Commands',
  commands: [
    platformCommand(
      'up',
      'Start the platform on this machine',
      async () => (await import('./platform/up.ts')).run,
    ),
    platformCommand(
      'down',
      'Stop the platform; the data stays',
      async () => (await import('./platform/down.ts')).run,
    ),
    platformCommand(
      'rotate-key',
      'Encrypt the secrets of the platform with a new key',
      async () => (await import('./platform/rotate-key.ts')).run,
    ),
    platformCommand(
      'quickstart',
      'Set up everything and run an example application',
      async () => (await import('./platform/quickstart.ts')).run,
    ),
  ],
};
