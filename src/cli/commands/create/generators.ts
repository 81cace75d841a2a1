import { randomBytes } from 'node:crypto';
import { CliError, UsageError } from '../../cli-error.ts';
import type { CommandEntry } from '../../command.ts';
import { boolFlag, intFlag, sliceFlag, stringFlag } from '../../flags/flag-spec.ts';
import { DATA_FLAGS, isText, readData } from './data-sources.ts';
import { generatorEntry } from './generator.ts';
import { routeEntry } from './route-generators.ts';
import { secretEntry } from './secret-generators.ts';
import { serviceEntry } from './service-generators.ts';
import { tokenEntry } from './token.ts';

const object = (apiVersion: string, kind: string, name: string, rest: object = {}) => ({
  apiVersion,
  kind,
  metadata: { name },
  ...rest,
});

const namespace = generatorEntry(
  'namespace',
  {
    use: 'namespace NAME [--dry-run=server|client|none]',
    short: 'Create a namespace with the specified name',
    examples:
      '# Create a new namespace named my-namespace\n{program} create namespace my-namespace',
    make: (_, name) => object('v1', 'Namespace', name, { spec: {}, status: {} }),
  },
  ['ns'],
);

const configMap = generatorEntry(
  'configmap',
  {
    use: 'configmap NAME [--from-file=[key=]source] [--from-literal=key1=value1] [--dry-run=server|client|none]',
    short: 'Create a config map from a local file, directory or literal value',
    examples:
      '# Create a new config map named my-config with key1=config1 and key2=config2\n{program} create configmap my-config --from-literal=key1=config1 --from-literal=key2=config2',
    flags: DATA_FLAGS,
    make: (invocation, name) => {
      const entries = [...readData(invocation)];
      const texts = entries.filter(([, bytes]) => isText(bytes));
      const binaries = entries.filter(([, bytes]) => !isText(bytes));
      return object('v1', 'ConfigMap', name, {
        ...(texts.length > 0
          ? { data: Object.fromEntries(texts.map(([key, bytes]) => [key, bytes.toString('utf8')])) }
          : {}),
        ...(binaries.length > 0
          ? {
              binaryData: Object.fromEntries(
                binaries.map(([key, bytes]) => [key, bytes.toString('base64')]),
              ),
            }
          : {}),
      });
    },
  },
  ['cm'],
);

const serviceAccount = generatorEntry(
  'serviceaccount',
  {
    use: 'serviceaccount NAME [--dry-run=server|client|none]',
    short: 'Create a service account with the specified name',
    examples:
      '# Create a new service account named my-service-account\n{program} create serviceaccount my-service-account',
    make: (_, name) => object('v1', 'ServiceAccount', name),
  },
  ['sa'],
);

const imageStream = generatorEntry(
  'imagestream',
  {
    use: 'imagestream NAME',
    short: 'Create a new empty image stream',
    examples: '# Create a new image stream\n{program} create imagestream mysql',
    flags: [
      boolFlag(
        'lookup-local',
        'If true, the image stream will be the source for any top-level image reference in this project.',
      ),
    ],
    make: ({ flags }, name) =>
      object('image.openshift.io/v1', 'ImageStream', name, {
        spec: { lookupPolicy: { local: flags.bool('lookup-local') } },
        status: { dockerImageRepository: '' },
      }),
  },
  ['is'],
);

const deploymentConfig = generatorEntry(
  'deploymentconfig',
  {
    use: 'deploymentconfig NAME --image=IMAGE -- [COMMAND] [args...]',
    short: 'Create a deployment config with default options that uses a given image',
    examples:
      '# Create an nginx deployment config named my-nginx\n{program} create deploymentconfig my-nginx --image=nginx',
    flags: [stringFlag('image', 'The image for the container to run.')],
    make: ({ flags, args, argsBeforeDash }, name) => {
      const image = flags.string('image');
      if (image === '') throw new UsageError('--image must be specified');
      const command = argsBeforeDash < 0 ? [] : args.slice(argsBeforeDash);
      const labels = { 'deployment-config.name': name };
      return object('apps.openshift.io/v1', 'DeploymentConfig', name, {
        spec: {
          replicas: 1,
          selector: labels,
          strategy: { resources: {} },
          template: {
            metadata: { labels },
            spec: {
              containers: [
                {
                  name: 'default-container',
                  image,
                  ...(command.length > 0 ? { command } : {}),
                  resources: {},
                },
              ],
            },
          },
          test: false,
          triggers: null,
        },
        status: {
          availableReplicas: 0,
          latestVersion: 0,
          observedGeneration: 0,
          replicas: 0,
          unavailableReplicas: 0,
          updatedReplicas: 0,
        },
      });
    },
  },
  ['dc'],
);

/** The letters and digits of random ends: no vowels, so no words. */
const NAME_LETTERS = 'bcdfghjklmnpqrstvwxz2456789';

/** containerName is the last word of an image; one that had to be changed gets a random end. */
function containerName(image: string): string {
  const [name = ''] = (image.split('/').at(-1) ?? image).split(/[:@]/);
  if (!/[_.]/.test(name)) return name;
  const letters = Array.from(randomBytes(5), (byte) => NAME_LETTERS[byte % NAME_LETTERS.length]);
  return `${name.replace(/[_.]/g, '-')}-${letters.join('')}`;
}

const deployment = generatorEntry(
  'deployment',
  {
    use: 'deployment NAME --image=image -- [COMMAND] [args...]',
    short: 'Create a deployment with the specified name',
    examples:
      '# Create a deployment named my-dep that runs the busybox image\n{program} create deployment my-dep --image=busybox',
    flags: [
      sliceFlag('image', 'Image names to run.'),
      intFlag('port', 'The port that this container exposes.', { default: -1 }),
      intFlag('replicas', 'Number of replicas to create. Default is 1.', {
        short: 'r',
        default: 1,
      }),
    ],
    make: ({ flags, args, argsBeforeDash }, name) => {
      const images = flags.list('image');
      if (images.length === 0) throw new CliError('required flag(s) "image" not set');
      const command = argsBeforeDash < 0 ? [] : args.slice(argsBeforeDash);
      if (images.length > 1 && command.length > 0)
        throw new CliError('cannot specify multiple --image options and command');
      const port = flags.int('port');
      const containers = images.map((image) => ({
        name: containerName(image),
        image,
        ...(command.length > 0 ? { command } : {}),
        ...(port > 0 ? { ports: [{ containerPort: port }] } : {}),
        resources: {},
      }));
      const labels = { app: name };
      return {
        ...object('apps/v1', 'Deployment', name, {
          spec: {
            replicas: flags.int('replicas'),
            selector: { matchLabels: labels },
            strategy: {},
            template: { metadata: { labels }, spec: { containers } },
          },
          status: {},
        }),
        metadata: { name, labels },
      };
    },
  },
  ['deploy'],
);

/** GENERATORS are the kinds that `create` makes without a file. */
export const GENERATORS: readonly CommandEntry[] = [
  configMap,
  deployment,
  deploymentConfig,
  imageStream,
  namespace,
  routeEntry,
  secretEntry,
  serviceEntry,
  serviceAccount,
  tokenEntry,
];
