import type { Command } from '../../command.ts';
import { GLOBAL_FLAGS } from '../../global-flags.ts';
import { flagHelp } from '../../help.ts';

export const command: Command = {
  use: 'options',
  offline: true,
  run: async ({ io }) => {
    const flags = [...GLOBAL_FLAGS].sort((a, b) => (a.name < b.name ? -1 : 1));
    io.out(
      `The following options can be passed to any command:\n\n${flags.map(flagHelp).join('\n')}`,
    );
  },
};
