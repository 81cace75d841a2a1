import type { CommandEntry, CommandSection } from './command.ts';

const APPLICATION: readonly CommandEntry[] = [
  {
    name: 'get',
    short: 'Display one or many resources',
    load: async () => (await import('./commands/get/get.ts')).command,
  },
];

/** COMMAND_SECTIONS is every command that speaks to a server, in the order of the help. */
export const COMMAND_SECTIONS: readonly CommandSection[] = [
  { title: 'Application Management Commands', commands: APPLICATION },
];
