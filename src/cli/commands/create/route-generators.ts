import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { SERVICES } from '../../../apis/resource-types.ts';
import { isNotFound } from '../../../machinery/status-error.ts';
import { CliError } from '../../cli-error.ts';
import type { CommandEntry, Invocation } from '../../command.ts';
import { type FlagSpec, stringFlag } from '../../flags/flag-spec.ts';
import { generatorEntry } from './generator.ts';

const ROUTE_FLAGS: readonly FlagSpec[] = [
  stringFlag('hostname', 'Set a hostname for the new route'),
  stringFlag(
    'port',
    'Name of the service port or number of the container port the route will route traffic to',
  ),
  stringFlag('service', 'Name of the service that the new route is exposing'),
  stringFlag(
    'wildcard-policy',
    'Sets the WilcardPolicy for the hostname, the default is "None". valid values are "None" and "Subdomain"',
  ),
];
const TLS_FLAGS: readonly FlagSpec[] = [
  stringFlag('path', 'Path that the router watches to route traffic to the service.'),
  stringFlag('insecure-policy', 'Set an insecure policy for the new route'),
  stringFlag('cert', 'Path to a certificate file.'),
  stringFlag('key', 'Path to a key file.'),
  stringFlag('ca-cert', 'Path to a CA certificate file.'),
];

/** serviceRoute makes the part of a route that leads to a service, by the service's own first port. */
async function serviceRoute({ flags, session }: Invocation, given: string) {
  const service = flags.string('service');
  if (service === '')
    throw new CliError('you need to provide a route name or a service name via --service');
  const client = await session.client();
  const ref = { namespace: session.namespace(), name: service };
  const found = await client.get(SERVICES, ref).catch((error: unknown) => {
    if (!isNotFound(error)) throw error;
    if (flags.string('port') === '')
      throw new CliError(
        'you need to provide a route port via --port when exposing a non-existent service',
        { cause: error },
      );
    return undefined;
  });
  const [first] = found?.spec?.ports ?? [];
  const port = flags.string('port') || first?.name || String(first?.targetPort ?? '');
  if (port === '') throw new CliError(`service ${JSON.stringify(service)} doesn't have any ports`);
  const path = flags.has('path') ? flags.string('path') : '';
  return {
    name: given || service,
    spec: {
      ...(flags.string('hostname') ? { host: flags.string('hostname') } : {}),
      ...(path ? { path } : {}),
      ...(flags.string('wildcard-policy')
        ? { wildcardPolicy: flags.string('wildcard-policy') }
        : {}),
      to: { kind: 'Service', name: service, weight: 100 },
      port: { targetPort: /^\d+$/.test(port) ? Number(port) : port },
    },
  };
}

function fileOf({ flags, io }: Invocation, flag: string): string | undefined {
  const path = flags.has(flag) ? flags.string(flag) : '';
  if (path === '') return undefined;
  try {
    return readFileSync(resolve(io.cwd, path), 'utf8');
  } catch (cause) {
    throw new CliError(`open ${path}: no such file or directory`, { cause });
  }
}

function tlsOf(invocation: Invocation, termination: string) {
  const { flags } = invocation;
  const files = {
    certificate: fileOf(invocation, 'cert'),
    key: fileOf(invocation, 'key'),
    caCertificate: fileOf(invocation, 'ca-cert'),
    destinationCACertificate: fileOf(invocation, 'dest-ca-cert'),
  };
  const given = Object.entries(files).filter(([, text]) => text !== undefined);
  const policy = flags.string('insecure-policy');
  return {
    termination,
    ...Object.fromEntries(given),
    ...(policy ? { insecureEdgeTerminationPolicy: policy } : {}),
  };
}

function routeOf(termination: string, short: string, flags: readonly FlagSpec[]) {
  return generatorEntry(termination, {
    use: `${termination} [NAME] --service=SERVICE`,
    short,
    examples: `# Create a ${termination} route that exposes a service\n{program} create route ${termination} my-route --service=frontend`,
    nameless: true,
    flags: [...ROUTE_FLAGS, ...flags],
    make: async (invocation, given) => {
      const { name, spec } = await serviceRoute(invocation, given);
      return {
        apiVersion: 'route.openshift.io/v1',
        kind: 'Route',
        metadata: { name },
        spec: { ...spec, tls: tlsOf(invocation, termination) },
      };
    },
  });
}

/** routeEntry is `create route`. */
export const routeEntry: CommandEntry = {
  name: 'route',
  short: 'Expose containers externally via secured routes',
  load: async () => ({
    use: 'route',
    offline: true,
    long: 'Expose containers externally via secured routes\n\n Three types of secured routes are supported: edge, passthrough, and reencrypt. If you want to create unsecured routes, see "expose -h".',
    subcommands: [
      routeOf('edge', 'Create a route that uses edge TLS termination', TLS_FLAGS),
      routeOf('passthrough', 'Create a route that uses passthrough TLS termination', [
        stringFlag('insecure-policy', 'Set an insecure policy for the new route'),
      ]),
      routeOf('reencrypt', 'Create a route that uses reencrypt TLS termination', [
        ...TLS_FLAGS,
        stringFlag(
          'dest-ca-cert',
          'Path to a CA certificate file, used for securing the connection from the router to the destination.',
        ),
      ]),
    ],
  }),
};
