import { CliError } from '../../cli-error.ts';
import type { CommandEntry } from '../../command.ts';
import { sliceFlag, stringFlag } from '../../flags/flag-spec.ts';
import { generatorEntry } from './generator.ts';

function portOf(text: string) {
  const [first = '', second] = text.split(':');
  const port = Number(first);
  if (!Number.isInteger(port) || port < 1 || port > 65535)
    throw new CliError(`invalid port specification, port must be between 1 and 65535: ${text}`);
  const target = second === undefined ? port : /^\d+$/.test(second) ? Number(second) : second;
  const name = second === undefined ? first : `${first}-${second}`;
  return { name, port, protocol: 'TCP', targetPort: target };
}

const TCP = sliceFlag('tcp', "Port pairs can be specified as '<port>:<targetPort>'.");

function serviceOf(type: string, short: string) {
  const name = type.toLowerCase();
  return generatorEntry(name, {
    use: `${name} NAME [--tcp=<port>:<targetPort>] [--dry-run=server|client|none]`,
    short,
    examples: `# Create a new ${type} service named my-svc\n{program} create service ${name} my-svc --tcp=5678:8080`,
    flags: [
      TCP,
      stringFlag(
        'clusterip',
        "Assign your own ClusterIP or set to 'None' for a 'headless' service (no loadbalancing).",
      ),
    ],
    make: ({ flags }, service) => {
      const ports = flags.list('tcp').map(portOf);
      const clusterIP = flags.string('clusterip');
      if (ports.length === 0 && clusterIP !== 'None')
        throw new CliError('at least one tcp port specifier must be provided');
      return {
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { name: service, labels: { app: service } },
        spec: {
          ...(clusterIP ? { clusterIP } : {}),
          ports,
          selector: { app: service },
          type,
        },
        status: { loadBalancer: {} },
      };
    },
  });
}

const externalName = generatorEntry('externalname', {
  use: 'externalname NAME --external-name external.name [--dry-run=server|client|none]',
  short: 'Create an ExternalName service',
  examples:
    '# Create a new ExternalName service named my-ns\n{program} create service externalname my-ns --external-name bar.com',
  flags: [TCP, stringFlag('external-name', 'External name of service')],
  make: ({ flags }, name) => ({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, labels: { app: name } },
    spec: {
      externalName: flags.string('external-name'),
      ports: flags.list('tcp').map(portOf),
      selector: { app: name },
      type: 'ExternalName',
    },
    status: { loadBalancer: {} },
  }),
});

/** serviceEntry is `create service`. */
export const serviceEntry: CommandEntry = {
  name: 'service',
  aliases: ['svc'],
  short: 'Create a service using a specified subcommand',
  load: async () => ({
    use: 'service',
    offline: true,
    long: 'Create a service using a specified subcommand.',
    subcommands: [
      serviceOf('ClusterIP', 'Create a ClusterIP service'),
      externalName,
      serviceOf('LoadBalancer', 'Create a LoadBalancer service'),
      serviceOf('NodePort', 'Create a NodePort service'),
    ],
  }),
};
