import type { Command } from '../../command.ts';

/** command is `set`: a group of commands that change one aspect of objects. */
export const command: Command = {
  use: 'set COMMAND',
  offline: true,
  long: 'Configure application resources.\n\n These commands help you make changes to existing application resources.',
  subcommands: [
    {
      name: 'env',
      short: 'Update environment variables on a pod template or a build config',
      load: async () => (await import('./env.ts')).command,
    },
    {
      name: 'image',
      short: 'Update the image of a pod template',
      load: async () => (await import('./image.ts')).command,
    },
    {
      name: 'triggers',
      short: 'Update the triggers on one or more objects',
      load: async () => (await import('./triggers.ts')).command,
    },
  ],
};
