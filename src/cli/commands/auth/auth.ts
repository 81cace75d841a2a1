import type { Command } from '../../command.ts';

/** command is `auth`: what the user may do. */
export const command: Command = {
  use: 'auth',
  offline: true,
  long: 'Inspect authorization',
  subcommands: [
    {
      name: 'can-i',
      short: 'Check whether an action is allowed',
      load: async () => (await import('./can-i.ts')).command,
    },
  ],
};
