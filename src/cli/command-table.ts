import type { CommandEntry, CommandSection } from './command.ts';

const BASIC: readonly CommandEntry[] = [
  {
    name: 'login',
    short: 'Log in to a server',
    load: async () => (await import('./commands/session/login.ts')).command,
  },
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
    name: 'status',
    short: 'Show an overview of the current project',
    load: async () => (await import('./commands/status.ts')).command,
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
  {
    name: 'explain',
    short: 'Get documentation for a resource',
    load: async () => (await import('./commands/info/explain.ts')).command,
  },
];

const BUILD_AND_DEPLOY: readonly CommandEntry[] = [
  {
    name: 'rollout',
    short: 'Manage a Kubernetes deployment or OpenShift deployment config',
    load: async () => (await import('./commands/rollout/rollout.ts')).command,
  },
  {
    name: 'new-build',
    short: 'Create a new build configuration',
    load: async () => (await import('./commands/new-app/new-build.ts')).command,
  },
  {
    name: 'start-build',
    short: 'Start a new build',
    load: async () => (await import('./commands/build/start-build.ts')).command,
  },
  {
    name: 'cancel-build',
    short: 'Cancel running, pending, or new builds',
    load: async () => (await import('./commands/build/cancel-build.ts')).command,
  },
  {
    name: 'import-image',
    short: 'Import images from a container image registry',
    load: async () => (await import('./commands/image/import-image.ts')).command,
  },
  {
    name: 'tag',
    short: 'Tag existing images into image streams',
    load: async () => (await import('./commands/image/tag.ts')).command,
  },
];

const APPLICATION: readonly CommandEntry[] = [
  {
    name: 'create',
    short: 'Create a resource from a file or from stdin',
    load: async () => (await import('./commands/create/create.ts')).command,
  },
  {
    name: 'apply',
    short: 'Apply a configuration to a resource by file name or stdin',
    load: async () => (await import('./commands/apply/apply.ts')).command,
  },
  {
    name: 'get',
    short: 'Display one or many resources',
    load: async () => (await import('./commands/get/get.ts')).command,
  },
  {
    name: 'edit',
    short: 'Edit a resource on the server',
    load: async () => (await import('./commands/change/edit.ts')).command,
  },
  {
    name: 'label',
    short: 'Update the labels on a resource',
    load: async () => (await import('./commands/change/metadata-command.ts')).labelCommand,
  },
  {
    name: 'annotate',
    short: 'Update the annotations on a resource',
    load: async () => (await import('./commands/change/metadata-command.ts')).annotateCommand,
  },
  {
    name: 'expose',
    short: 'Expose a replicated application as a service or route',
    load: async () => (await import('./commands/change/expose.ts')).command,
  },
  {
    name: 'delete',
    short:
      'Delete resources by file names, stdin, resources and names, or by resources and label selector',
    load: async () => (await import('./commands/delete/delete.ts')).command,
  },
  {
    name: 'scale',
    short: 'Set a new size for a deployment, replica set, or replication controller',
    load: async () => (await import('./commands/change/scale.ts')).command,
  },
  {
    name: 'describe',
    short: 'Show details of a specific resource or group of resources',
    load: async () => (await import('./commands/info/describe.ts')).command,
  },
  {
    name: 'set',
    short: 'Commands that help set specific features on objects',
    load: async () => (await import('./commands/set/set.ts')).command,
  },
];

const TROUBLESHOOTING: readonly CommandEntry[] = [
  {
    name: 'logs',
    short: 'Print the logs for a container in a pod',
    load: async () => (await import('./commands/logs/logs.ts')).command,
  },
  {
    name: 'wait',
    short: 'Experimental: Wait for a specific condition on one or many resources',
    load: async () => (await import('./commands/info/wait.ts')).command,
  },
  {
    name: 'rsh',
    short: 'Start a shell session in a container',
    load: async () => (await import('./commands/stream/rsh.ts')).command,
  },
  {
    name: 'port-forward',
    short: 'Forward one or more local ports to a pod',
    load: async () => (await import('./commands/stream/port-forward.ts')).command,
  },
  {
    name: 'exec',
    short: 'Execute a command in a container',
    load: async () => (await import('./commands/stream/exec.ts')).command,
  },
];

const ADVANCED: readonly CommandEntry[] = [
  {
    name: 'replace',
    short: 'Replace a resource by file name or stdin',
    load: async () => (await import('./commands/change/replace.ts')).command,
  },
  {
    name: 'patch',
    short: 'Update fields of a resource',
    load: async () => (await import('./commands/change/patch.ts')).command,
  },
  {
    name: 'auth',
    short: 'Inspect authorization',
    load: async () => (await import('./commands/auth/auth.ts')).command,
  },
  {
    name: 'api-versions',
    short: 'Print the supported API versions on the server, in the form of "group/version"',
    load: async () => (await import('./commands/info/api-resources.ts')).apiVersionsCommand,
  },
  {
    name: 'api-resources',
    short: 'Print the supported API resources on the server',
    load: async () => (await import('./commands/info/api-resources.ts')).command,
  },
];

const SETTINGS: readonly CommandEntry[] = [
  {
    name: 'logout',
    short: 'End the current server session',
    load: async () => (await import('./commands/session/logout.ts')).command,
  },
  {
    name: 'whoami',
    short: 'Return information about the current session',
    load: async () => (await import('./commands/info/whoami.ts')).command,
  },
  {
    name: 'config',
    short: 'Modify kubeconfig files',
    load: async () => (await import('./commands/config/config.ts')).command,
  },
  {
    name: 'completion',
    short: 'Output shell completion code for the specified shell (bash or zsh)',
    load: async () => (await import('./commands/info/completion.ts')).command,
  },
];

const OTHER: readonly CommandEntry[] = [
  {
    name: 'version',
    short: 'Print the client and server version information',
    load: async () => (await import('./commands/info/version.ts')).command,
  },
  {
    name: 'options',
    short: 'List the options that every command understands',
    hidden: true,
    load: async () => (await import('./commands/info/options.ts')).command,
  },
  {
    name: '__complete',
    short: 'Answer what may come next on a command line',
    hidden: true,
    load: async () =>
      (await import('./commands/info/complete.ts')).completeCommand(() => COMMAND_SECTIONS),
  },
];

/** COMMAND_SECTIONS is every command that speaks to a server, in the order of the help. */
export const COMMAND_SECTIONS: readonly CommandSection[] = [
  { title: 'Basic Commands', commands: BASIC },
  { title: 'Build and Deploy Commands', commands: BUILD_AND_DEPLOY },
  { title: 'Application Management Commands', commands: APPLICATION },
  { title: 'Troubleshooting and Debugging Commands', commands: TROUBLESHOOTING },
  { title: 'Advanced Commands', commands: ADVANCED },
  { title: 'Settings Commands', commands: SETTINGS },
  { title: 'Other Commands', commands: OTHER },
];
