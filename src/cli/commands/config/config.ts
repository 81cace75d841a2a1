import type { Command } from '../../command.ts';

/** command is `config`: the commands that read and change kubeconfig files. */
export const command: Command = {
  use: 'config SUBCOMMAND',
  offline: true,
  long: `Modify kubeconfig files using subcommands like "config set current-context my-context".

 The loading order follows these rules:

  1.  If the --kubeconfig flag is set, then only that file is loaded. The flag may only be set once and no merging takes place.
  2.  If $KUBECONFIG environment variable is set, then it is used as a list of paths (normal path delimiting rules for your system). These paths are merged. When a value is modified, it is modified in the file that defines the stanza. When a value is created, it is created in the first file that exists. If no files in the chain exist, then it creates the last file in the list.
  3.  Otherwise, \${HOME}/.kube/config is used and no merging takes place.`,
  subcommands: [
    {
      name: 'current-context',
      short: 'Display the current-context',
      load: async () => (await import('./contexts.ts')).currentContextCommand,
    },
    {
      name: 'delete-cluster',
      short: 'Delete the specified cluster from the kubeconfig',
      load: async () => (await import('./entries.ts')).deleteClusterCommand,
    },
    {
      name: 'delete-context',
      short: 'Delete the specified context from the kubeconfig',
      load: async () => (await import('./entries.ts')).deleteContextCommand,
    },
    {
      name: 'delete-user',
      short: 'Delete the specified user from the kubeconfig',
      load: async () => (await import('./entries.ts')).deleteUserCommand,
    },
    {
      name: 'get-clusters',
      short: 'Display clusters defined in the kubeconfig',
      load: async () => (await import('./entries.ts')).getClustersCommand,
    },
    {
      name: 'get-contexts',
      short: 'Describe one or many contexts',
      load: async () => (await import('./get-contexts.ts')).command,
    },
    {
      name: 'get-users',
      short: 'Display users defined in the kubeconfig',
      load: async () => (await import('./entries.ts')).getUsersCommand,
    },
    {
      name: 'rename-context',
      short: 'Rename a context from the kubeconfig file',
      load: async () => (await import('./contexts.ts')).renameContextCommand,
    },
    {
      name: 'set-context',
      short: 'Set a context entry in kubeconfig',
      load: async () => (await import('./set-context.ts')).command,
    },
    {
      name: 'use-context',
      aliases: ['use'],
      short: 'Set the current-context in a kubeconfig file',
      load: async () => (await import('./contexts.ts')).useContextCommand,
    },
    {
      name: 'view',
      short: 'Display merged kubeconfig settings or a specified kubeconfig file',
      load: async () => (await import('./view.ts')).command,
    },
  ],
};
