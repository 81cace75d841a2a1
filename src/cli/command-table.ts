import type { CommandEntry, CommandSection } from './command.ts';

const BASIC: readonly CommandEntry[] = [
  {
    name: 'new-project',
    short: 'Request a new project',
    load: async () => (await import('./commands/project/new-project.ts')).command,
  },
  {
    name: 'new-app',
    short: 'Create a new application',
    load: async () => (await import('./commands/new-app/new-app.ts')).command,
  },
  {
    name: 'project',
    short: 'Switch to another project',
    load: async () => (await import('./commands/project/project.ts')).command,
  },
  {
    name: 'projects',
    short: 'Display existing projects',
    load: async () => (await import('./commands/project/projects.ts')).command,
  },
];

const BUILD_AND_DEPLOY: readonly CommandEntry[] = [
  {
    name: 'new-build',
    short: 'Create a new build configuration',
    load: async () => (await import('./commands/new-app/new-build.ts')).command,
  },
];

const APPLICATION: readonly CommandEntry[] = [
  {
    name: 'get',
    short: 'Display one or many resources',
    load: async () => (await import('./commands/get/get.ts')).command,
  },
];

/** COMMAND_SECTIONS is every command that speaks to a server, in the order of the help. */
export const COMMAND_SECTIONS: readonly CommandSection[] = [
  { title: 'Basic Commands', commands: BASIC },
  { title: 'Build and Deploy Commands', commands: BUILD_AND_DEPLOY },
  { title: 'Application Management Commands', commands: APPLICATION },
];
