import type { Command } from '../../command.ts';

/** command is `rollout`: a group of commands for deployment configs. */
export const command: Command = {
  use: 'rollout SUBCOMMAND',
  offline: true,
  long: `Start a new rollout, view its status or history, rollback to a previous revision of your app.

 This command allows you to control a deployment config. Each individual rollout is exposed as a replication controller, and the deployment process manages scaling down old replication controllers and scaling up new ones.`,
  subcommands: [
    {
      name: 'cancel',
      short: 'Cancel the in-progress deployment',
      load: async () => (await import('./changes.ts')).cancelCommand,
    },
    {
      name: 'history',
      short: 'View rollout history',
      load: async () => (await import('./history.ts')).command,
    },
    {
      name: 'latest',
      short: 'Start a new rollout for a deployment config with the latest state from its triggers',
      load: async () => (await import('./latest.ts')).command,
    },
    {
      name: 'pause',
      short: 'Mark the provided resource as paused',
      load: async () => (await import('./changes.ts')).pauseCommand,
    },
    {
      name: 'restart',
      short: 'Restart a resource',
      load: async () => (await import('./changes.ts')).restartCommand,
    },
    {
      name: 'resume',
      short: 'Resume a paused resource',
      load: async () => (await import('./changes.ts')).resumeCommand,
    },
    {
      name: 'retry',
      short: 'Retry the latest failed rollout',
      load: async () => (await import('./changes.ts')).retryCommand,
    },
    {
      name: 'status',
      short: 'Show the status of the rollout',
      load: async () => (await import('./status.ts')).command,
    },
    {
      name: 'undo',
      short: 'Undo a previous rollout',
      load: async () => (await import('./changes.ts')).undoCommand,
    },
  ],
};
