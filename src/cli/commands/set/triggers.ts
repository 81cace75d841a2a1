import { randomBytes } from 'node:crypto';
import type { Deployment } from '../../../apis/apps/v1/types.ts';
import type { DeploymentConfig } from '../../../apis/apps.openshift.io/v1/types.ts';
import type { BuildConfig, BuildTriggerPolicy } from '../../../apis/build.openshift.io/v1/types.ts';
import type { ObjectReference } from '../../../apis/core/v1/types.ts';
import type { KubeObject } from '../../../machinery/object.ts';
import { CliError } from '../../cli-error.ts';
import type { Command, Invocation } from '../../command.ts';
import { boolFlag, stringFlag } from '../../flags/flag-spec.ts';
import { OUTPUT_FLAGS } from '../../print/object-printer.ts';
import { KUBE_DESCRIBE_LAYOUT, TabWriter } from '../../print/tab-writer.ts';
import { FILENAME_FLAGS, findObjects, SELECTOR_FLAGS } from '../../resources/find-objects.ts';
import { newReport } from '../../write/report.ts';
import { DRY_RUN_FLAG } from '../../write/write-flags.ts';
import { editDeployment, triggersOf } from './deployment-triggers.ts';
import { changeObject } from './pod-templates.ts';

type Trigger = { type: string; [field: string]: unknown };

const WEBHOOKS = [
  { flag: 'from-github', type: 'GitHub', field: 'github' },
  { flag: 'from-webhook', type: 'Generic', field: 'generic' },
  { flag: 'from-gitlab', type: 'GitLab', field: 'gitlab' },
  { flag: 'from-bitbucket', type: 'Bitbucket', field: 'bitbucket' },
] as const;

function imageOf(text: string): ObjectReference {
  const [first = '', second] = text.split('/');
  const [namespace, name] = second === undefined ? [undefined, first] : [first, second];
  return {
    kind: 'ImageStreamTag',
    name: name.includes(':') ? name : `${name}:latest`,
    ...(namespace ? { namespace } : {}),
  };
}

interface Row {
  readonly type: string;
  readonly value: string;
  /** Undefined for webhooks: somebody else decides when they fire. */
  readonly auto: boolean | undefined;
}

const ORDER = ['config', 'image', 'webhook', 'github', 'gitlab', 'bitbucket'];

const byType = (a: Row, b: Row) => ORDER.indexOf(a.type) - ORDER.indexOf(b.type);

function imageText({ namespace, name }: ObjectReference | undefined = {}): string {
  return namespace ? `${namespace}/${name}` : (name ?? '');
}

/** buildRows always tell about configuration and base image: whether they start builds by themselves. */
function buildRows({ spec }: BuildConfig): Row[] {
  const triggers = spec.triggers ?? [];
  const { sourceStrategy, dockerStrategy } = spec.strategy ?? {};
  const base = (sourceStrategy ?? dockerStrategy)?.from;
  const images = triggers.filter(({ type }) => type === 'ImageChange');
  const ofBase = images.find(({ imageChange }) => !imageChange?.from);
  return [
    { type: 'config', value: '', auto: triggers.some(({ type }) => type === 'ConfigChange') },
    ...(base
      ? [
          {
            type: 'image',
            value: imageText(base),
            auto: ofBase !== undefined && !ofBase.imageChange?.paused,
          },
        ]
      : []),
    ...images
      .filter(({ imageChange }) => imageChange?.from)
      .map(({ imageChange }) => ({
        type: 'image',
        value: imageText(imageChange?.from),
        auto: !imageChange?.paused,
      })),
    ...triggers
      .filter(({ type }) => type !== 'ImageChange' && type !== 'ConfigChange')
      .map(({ type }) => ({
        type: type === 'Generic' ? 'webhook' : type.toLowerCase(),
        value: '<secret>',
        auto: undefined,
      })),
  ];
}

function configRows({ spec }: DeploymentConfig): Row[] {
  return (spec?.triggers ?? []).map(({ type, imageChangeParams }) =>
    type === 'ImageChange'
      ? {
          type: 'image',
          value: `${imageText(imageChangeParams?.from)} (${(imageChangeParams?.containerNames ?? []).join(', ')})`,
          auto: imageChangeParams?.automatic === true,
        }
      : { type: 'config', value: '', auto: true },
  );
}

/** deploymentRows tell of a Deployment that it is not paused, and of the images in its annotation. */
function deploymentRows(deployment: Deployment): Row[] {
  const own = deployment.metadata.namespace;
  const images = triggersOf(deployment).map(({ container, from, isPaused }) => {
    const { name, namespace } = from;
    const text = imageText(namespace === own ? { name } : { name, namespace });
    return { type: 'image', value: `${text} (${container})`, auto: !isPaused };
  });
  return [{ type: 'config', value: '', auto: deployment.spec?.paused !== true }, ...images];
}

/** KINDS are the objects with triggers. */
const KINDS: Readonly<Record<string, { resource: string; rows(object: KubeObject): Row[] }>> = {
  BuildConfig: { resource: 'buildconfigs', rows: (object) => buildRows(object as BuildConfig) },
  DeploymentConfig: {
    resource: 'deploymentconfigs',
    rows: (object) => configRows(object as DeploymentConfig),
  },
  Deployment: { resource: 'deployments', rows: (object) => deploymentRows(object as Deployment) },
};

function rowsOf(object: KubeObject): string[][] {
  const kind = KINDS[object.kind];
  const rows = kind?.rows(object) ?? [];
  const name = `${kind?.resource}/${object.metadata.name}`;
  const shown: readonly Row[] =
    rows.length === 0 ? [{ type: '<none>', value: '', auto: false }] : rows.toSorted(byType);
  return shown.map(({ type, value, auto }) => [
    name,
    type,
    value,
    auto === undefined ? '' : String(auto),
  ]);
}

function withoutType(triggers: Trigger[], type: string): Trigger[] {
  return triggers.filter((one) => one.type !== type);
}

function editDeploymentConfig(config: DeploymentConfig, { flags }: Invocation): void {
  const spec = config.spec ?? {};
  let triggers = [...(spec.triggers ?? [])] as unknown as Trigger[];
  const remove = flags.bool('remove');
  if (flags.bool('remove-all')) triggers = [];
  if (flags.bool('from-config')) {
    triggers = withoutType(triggers, 'ConfigChange');
    if (!remove) triggers.unshift({ type: 'ConfigChange' });
  }
  if (flags.string('from-image') !== '') {
    const from = imageOf(flags.string('from-image'));
    const given = flags
      .string('containers')
      .split(',')
      .filter((one) => one !== '');
    const containers = spec.template?.spec?.containers ?? [];
    const only = containers.length === 1 ? containers.map(({ name }) => name) : [];
    const names = given.length > 0 ? given : only;
    const same = ({ imageChangeParams }: Trigger) =>
      (imageChangeParams as { from?: ObjectReference } | undefined)?.from?.name === from.name;
    triggers = triggers.filter((one) => one.type !== 'ImageChange' || !same(one));
    if (!remove) {
      if (names.length === 0)
        throw new CliError('you must specify --containers when setting --from-image');
      const automatic = !flags.bool('manual');
      triggers.push({
        type: 'ImageChange',
        imageChangeParams: { automatic, containerNames: names, from },
      });
    }
  }
  setAutomatic(triggers, flags.bool('auto'), flags.bool('manual'));
  config.spec = {
    ...spec,
    triggers: triggers as unknown as NonNullable<DeploymentConfig['spec']>['triggers'],
  } as DeploymentConfig['spec'];
}

function setAutomatic(triggers: Trigger[], auto: boolean, manual: boolean): void {
  if (!auto && !manual) return;
  for (const trigger of triggers)
    if (trigger.imageChangeParams) Object.assign(trigger.imageChangeParams, { automatic: auto });
}

function editBuild(config: BuildConfig, { flags }: Invocation): void {
  let triggers = [...(config.spec.triggers ?? [])] as unknown as Trigger[];
  const remove = flags.bool('remove');
  if (flags.bool('remove-all')) triggers = [];
  if (flags.bool('from-config')) {
    triggers = withoutType(triggers, 'ConfigChange');
    if (!remove) triggers.push({ type: 'ConfigChange' });
  }
  if (flags.string('from-image') !== '') {
    const from = imageOf(flags.string('from-image'));
    const { sourceStrategy, dockerStrategy } = config.spec.strategy ?? {};
    const isBase = (sourceStrategy ?? dockerStrategy)?.from?.name === from.name;
    triggers = withoutType(triggers, 'ImageChange');
    if (!remove) triggers.push({ type: 'ImageChange', imageChange: isBase ? {} : { from } });
  }
  for (const { flag, type, field } of WEBHOOKS)
    if (flags.bool(flag)) {
      triggers = withoutType(triggers, type);
      if (!remove)
        triggers.push({ type, [field]: { secret: randomBytes(15).toString('base64url') } });
    }
  config.spec = { ...config.spec, triggers: triggers as unknown as BuildTriggerPolicy[] };
}

const CHANGING = [
  'remove',
  'remove-all',
  'from-config',
  'from-image',
  'auto',
  'manual',
  ...WEBHOOKS.map(({ flag }) => flag),
];

async function run(invocation: Invocation): Promise<void> {
  const { flags, io } = invocation;
  const found = await findObjects(invocation, { emptyMeansAll: true });
  const other = found.find(({ object }) => !KINDS[object.kind]);
  if (other)
    throw new CliError(
      `${other.mapping.resource}/${other.object.metadata.name} does not support triggers`,
    );
  if (!CHANGING.some((name) => flags.changed(name))) {
    const rows = [
      ['NAME', 'TYPE', 'VALUE', 'AUTO'],
      ...found.flatMap(({ object }) => rowsOf(object)),
    ];
    const text = rows.map((row) => `${row.join('\t')}\n`).join('');
    io.out(new TabWriter(KUBE_DESCRIBE_LAYOUT).format(text));
    return;
  }
  const report = await newReport(invocation);
  for (const one of found) {
    const { object, changed } = await changeObject(
      one,
      (draft) => {
        if (draft.kind === 'BuildConfig') editBuild(draft as BuildConfig, invocation);
        else if (draft.kind === 'Deployment')
          editDeployment(draft as Deployment, flags, imageOf(flags.string('from-image')));
        else editDeploymentConfig(draft as DeploymentConfig, invocation);
      },
      invocation,
    );
    report(object, changed ? 'triggers updated' : 'was not changed');
  }
}

export const command: Command = {
  use: 'triggers RESOURCE/NAME [--from-config|--from-image|--from-github|--from-webhook] [--auto|--manual]',
  long: 'Set or remove triggers.\n\n Build configs and deployment configs may have a set of triggers that result in a new deployment or build being created. This command enables you to alter those triggers - making them automatic or manual, adding new entries, or changing existing entries.',
  examples: `# Print the triggers on the deployment config 'myapp'
{program} set triggers dc/myapp

# Set all triggers to manual
{program} set triggers dc/myapp --manual

# Add an image trigger to a build config
{program} set triggers bc/webapp --from-image=namespace1/image:latest

# Add an image trigger to a deployment config
{program} set triggers dc/webapp --from-image=namespace1/image:latest -c web`,
  flags: [
    ...FILENAME_FLAGS,
    ...SELECTOR_FLAGS,
    DRY_RUN_FLAG,
    boolFlag('auto', 'If true, enable all triggers, or just the specified trigger'),
    boolFlag('manual', 'If true, set all triggers to manual, or just the specified trigger'),
    boolFlag('remove', 'If true, remove the specified trigger(s).'),
    boolFlag('remove-all', 'If true, remove all triggers.'),
    boolFlag('from-config', 'If set, configuration changes will result in a change'),
    stringFlag('from-image', 'An image stream tag to trigger off of'),
    stringFlag(
      'containers',
      'Comma delimited list of container names this trigger applies to on deployments; defaults to the name of the only container',
      { short: 'c' },
    ),
    ...WEBHOOKS.map(({ flag, type }) =>
      boolFlag(flag, `If true, a ${type} webhook - a secret value will be generated automatically`),
    ),
    boolFlag('local', 'If true, set image will NOT contact api-server but run locally.'),
    ...OUTPUT_FLAGS,
  ],
  run,
};
