import type { Service } from '../../../apis/core/v1/types.ts';
import { ROUTES, SERVICES } from '../../../apis/resource-types.ts';
import type { Route } from '../../../apis/route.openshift.io/v1/types.ts';
import type { KubeObject } from '../../../machinery/object.ts';
import { CliError } from '../../cli-error.ts';
import type { Command, Invocation } from '../../command.ts';
import { stringFlag } from '../../flags/flag-spec.ts';
import { OUTPUT_FLAGS } from '../../print/object-printer.ts';
import { FILENAME_FLAGS, type FoundObject, findObjects } from '../../resources/find-objects.ts';
import { newReport } from '../../write/report.ts';
import { DRY_RUN_FLAG, dryRunOf } from '../../write/write-flags.ts';
import { parseLabels } from '../new-app/plan.ts';

function labelsOf(object: KubeObject, { flags }: Invocation): Record<string, string> | undefined {
  const given = flags.string('labels');
  const labels = given === '' ? object.metadata.labels : parseLabels(given);
  return labels && Object.keys(labels).length > 0 ? { ...labels } : undefined;
}

function routeFor(service: Service, invocation: Invocation): Route {
  const { flags } = invocation;
  const name = service.metadata.name ?? '';
  const [first] = service.spec?.ports ?? [];
  const port =
    flags.string('port') || first?.name || String(first?.targetPort ?? first?.port ?? '');
  if (port === '') throw new CliError(`service ${JSON.stringify(name)} doesn't have any ports`);
  const labels = labelsOf(service, invocation);
  return {
    apiVersion: 'route.openshift.io/v1',
    kind: 'Route',
    metadata: { name: flags.string('name') || name, ...(labels ? { labels } : {}) },
    spec: {
      ...(flags.string('hostname') ? { host: flags.string('hostname') } : {}),
      ...(flags.string('path') ? { path: flags.string('path') } : {}),
      ...(flags.string('wildcard-policy')
        ? { wildcardPolicy: flags.string('wildcard-policy') }
        : {}),
      to: { kind: 'Service', name, weight: 100 },
      port: { targetPort: /^\d+$/.test(port) ? Number(port) : port },
    },
  } as Route;
}

interface Exposable extends KubeObject {
  readonly spec?: {
    readonly selector?: Record<string, unknown>;
    readonly template?: {
      readonly spec?: {
        readonly containers?: { ports?: { containerPort: number; protocol?: string }[] }[];
      };
    };
    readonly containers?: { ports?: { containerPort: number; protocol?: string }[] }[];
  };
}

function selectorOf(object: Exposable): Record<string, string> {
  if (object.kind === 'Pod') return object.metadata.labels ?? {};
  const { selector = {} } = object.spec ?? {};
  return (selector.matchLabels ?? selector) as Record<string, string>;
}

function serviceFor({ object }: FoundObject, invocation: Invocation): Service {
  const { flags } = invocation;
  const exposable = object as Exposable;
  const containers = exposable.spec?.template?.spec?.containers ?? exposable.spec?.containers ?? [];
  const found = containers.flatMap(({ ports = [] }) => ports);
  const given = flags
    .string('port')
    .split(',')
    .filter((one) => one !== '');
  const ports =
    given.length > 0
      ? given.map((port) => ({
          containerPort: Number(port),
          protocol: flags.string('protocol') || 'TCP',
        }))
      : found;
  if (ports.length === 0) throw new CliError("couldn't find port via --port flag or introspection");
  const selector = flags.string('selector')
    ? parseLabels(flags.string('selector'))
    : selectorOf(exposable);
  if (Object.keys(selector).length === 0)
    throw new CliError(
      `couldn't retrieve selectors via --selector flag or introspection: the ${object.kind} has no selector`,
    );
  const labels = labelsOf(object, invocation);
  const target = flags.string('target-port');
  const type = flags.string('type');
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: {
      name: flags.string('name') || (object.metadata.name ?? ''),
      ...(labels ? { labels } : {}),
    },
    spec: {
      ports: ports.map(({ containerPort, protocol = 'TCP' }, index) => ({
        ...(ports.length > 1 ? { name: `port-${index + 1}` } : {}),
        port: containerPort,
        protocol,
        targetPort: target === '' ? containerPort : /^\d+$/.test(target) ? Number(target) : target,
      })),
      selector,
      ...(type ? { type } : {}),
    },
  };
}

async function exposeOne(found: FoundObject, invocation: Invocation): Promise<KubeObject> {
  const { session } = invocation;
  const namespace = found.namespace ?? session.namespace();
  const client = await session.client();
  const put = <T extends KubeObject>(object: T): T => ({
    ...object,
    metadata: { ...object.metadata, namespace },
  });
  const isService = found.mapping.resource === 'services';
  const generator = invocation.flags.string('generator');
  const asRoute = generator === 'route/v1' || (isService && generator === '');
  if (asRoute && !isService)
    throw new CliError(`cannot expose a ${found.mapping.kind} as a route: expose a service`);
  const made = asRoute
    ? routeFor(found.object as Service, invocation)
    : serviceFor(found, invocation);
  if (dryRunOf(invocation) === 'client') return made;
  return asRoute
    ? client.create(ROUTES, put(made as Route))
    : client.create(SERVICES, put(made as Service));
}

async function run(invocation: Invocation): Promise<void> {
  const report = await newReport(invocation);
  for (const found of await findObjects(invocation)) {
    const made = await exposeOne(found, invocation);
    report(made, 'exposed');
  }
}

export const command: Command = {
  use: 'expose (-f FILENAME | TYPE NAME) [--port=port] [--protocol=TCP|UDP] [--target-port=number-or-name] [--name=name] [--external-ip=external-ip-of-service] [--type=type]',
  long: 'Expose containers internally as services or externally via routes\n\n There is also the ability to expose a deployment config, replication controller, service, or pod as a new service on a specified port. If no labels are specified, the new object will reuse the labels from the object it exposes.',
  examples: `# Create a route based on service nginx. The new route will reuse nginx's labels
{program} expose service nginx

# Create a route and specify your own label and route name
{program} expose service nginx -l name=myroute --name=fromdowntown

# Expose a deployment config as a service and use the specified port
{program} expose dc ruby-hello-world --port=8080`,
  flags: [
    ...FILENAME_FLAGS,
    DRY_RUN_FLAG,
    ...OUTPUT_FLAGS,
    stringFlag('hostname', 'Set a hostname for the new route'),
    stringFlag('path', 'Set a path for the new route'),
    stringFlag(
      'wildcard-policy',
      'Sets the WildcardPolicy for the hostname, the default is "None". Valid values are "None" and "Subdomain"',
    ),
    stringFlag('port', 'The port that the resource should serve on.'),
    stringFlag('protocol', "The network protocol for the service to be created. Default is 'TCP'."),
    stringFlag(
      'target-port',
      'Name or number for the port on the container that the service should direct traffic to. Optional.',
    ),
    stringFlag('name', 'The name for the newly created object.'),
    stringFlag(
      'type',
      'Type for this service: ClusterIP, NodePort, LoadBalancer, or ExternalName.',
    ),
    stringFlag('labels', 'Labels to apply to the service created by this call.', { short: 'l' }),
    stringFlag('selector', 'A label selector to use for this service.'),
    stringFlag('generator', 'The name of the API generator to use.'),
  ],
  run,
};
