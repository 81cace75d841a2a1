import type { BuildConfig } from '../../../apis/build.openshift.io/v1/types.ts';
import type { EnvVar, Secret } from '../../../apis/core/v1/types.ts';
import type { KubeObject } from '../../../machinery/object.ts';
import { CliError, UsageError } from '../../cli-error.ts';
import type { Command, Invocation } from '../../command.ts';
import { arrayFlag, boolFlag, stringFlag } from '../../flags/flag-spec.ts';
import { nameOf, OUTPUT_FLAGS } from '../../print/object-printer.ts';
import { FILENAME_FLAGS, findObjects, SELECTOR_FLAGS } from '../../resources/find-objects.ts';
import { readAll } from '../../resources/manifests.ts';
import { newReport } from '../../write/report.ts';
import { DRY_RUN_FLAG } from '../../write/write-flags.ts';
import { changeObject, containersOf, podSpecOf } from './pod-templates.ts';

interface Changes {
  readonly set: readonly EnvVar[];
  readonly remove: readonly string[];
}

const isSetting = (text: string) => /^[A-Za-z_][A-Za-z0-9_.-]*=/.test(text);
const isRemoval = (text: string) => /^[A-Za-z_][A-Za-z0-9_.-]*-$/.test(text);

function parsePair(text: string): EnvVar {
  const equals = text.indexOf('=');
  return { name: text.slice(0, equals), value: text.slice(equals + 1) };
}

async function fromSource({ flags, session }: Invocation): Promise<EnvVar[]> {
  const from = flags.string('from');
  if (from === '') return [];
  const [type = '', name = ''] = from.split('/');
  const mapping = await session.discovery.resolve(type);
  if (mapping.resource !== 'secrets' && mapping.resource !== 'configmaps')
    throw new CliError(`unsupported resource specified in --from`);
  const client = await session.client();
  const source = (await client.get(mapping, { namespace: session.namespace(), name })) as Secret;
  const field = mapping.resource === 'secrets' ? 'secretKeyRef' : 'configMapKeyRef';
  return Object.keys(source.data ?? {})
    .sort()
    .map((key) => ({
      name: `${flags.string('prefix')}${key.toUpperCase().replace(/[^A-Z0-9_]/g, '_')}`,
      valueFrom: { [field]: { name, key } },
    }));
}

async function changesOf(texts: readonly string[], invocation: Invocation): Promise<Changes> {
  const { flags, io } = invocation;
  const settings = [...texts.filter(isSetting), ...flags.list('env')];
  const input = texts.includes('-') ? (await readAll(io)).split('\n').filter(isSetting) : [];
  return {
    set: [...[...settings, ...input].map(parsePair), ...(await fromSource(invocation))],
    remove: texts.filter(isRemoval).map((text) => text.slice(0, -1)),
  };
}

function changed(
  env: readonly EnvVar[],
  { set, remove }: Changes,
  overwrite: boolean,
  where: string,
): EnvVar[] {
  const result = env.filter(({ name }) => !remove.includes(name));
  for (const variable of set) {
    const at = result.findIndex(({ name }) => name === variable.name);
    if (at >= 0 && !overwrite)
      throw new CliError(
        `${where}: '${variable.name}' already has a value, and --overwrite is false`,
      );
    if (at < 0) result.push(variable);
    else result[at] = variable;
  }
  return result;
}

interface Owner {
  env?: EnvVar[];
}

/** ownersOf are the parts of an object that carry variables: containers, or the build's strategy. */
function ownersOf(object: KubeObject, containers: string): { label: string; owner: Owner }[] {
  if (object.kind === 'BuildConfig') {
    const { sourceStrategy, dockerStrategy, customStrategy } =
      (object as BuildConfig).spec.strategy ?? {};
    const strategy = sourceStrategy ?? dockerStrategy ?? customStrategy;
    return strategy ? [{ label: `buildconfigs/${object.metadata.name}`, owner: strategy }] : [];
  }
  return containersOf(object, containers).map((owner) => ({
    label: `${object.kind.toLowerCase()}s/${object.metadata.name}, container ${owner.name}`,
    owner,
  }));
}

function valueText({ name, value, valueFrom }: EnvVar): string {
  const { secretKeyRef, configMapKeyRef, fieldRef } = valueFrom ?? {};
  if (secretKeyRef) return `# ${name} from secret ${secretKeyRef.name}, key ${secretKeyRef.key}`;
  if (configMapKeyRef)
    return `# ${name} from configmap ${configMapKeyRef.name}, key ${configMapKeyRef.key}`;
  if (fieldRef) return `# ${name} from field path ${fieldRef.fieldPath}`;
  return `${name}=${value ?? ''}`;
}

function list(object: KubeObject, { flags, io }: Invocation): void {
  for (const { label, owner } of ownersOf(object, flags.string('containers'))) {
    io.out(`# ${label}\n`);
    for (const variable of owner.env ?? []) io.out(`${valueText(variable)}\n`);
  }
}

async function run(invocation: Invocation): Promise<void> {
  const { args, flags, io } = invocation;
  const isChange = (text: string) => isSetting(text) || isRemoval(text) || text === '-';
  const objects = args.filter((text) => !isChange(text));
  if (objects.length === 0 && flags.list('filename').length === 0)
    throw new UsageError(
      'one or more resources must be specified as <resource> <name> or <resource>/<name>',
    );
  const changes = await changesOf(args.filter(isChange), invocation);
  const listing = flags.bool('list');
  if (!listing && changes.set.length + changes.remove.length === 0)
    throw new CliError('at least one environment variable must be provided');
  const report = await newReport(invocation);
  for (const found of await findObjects(invocation, { args: objects })) {
    if (listing) {
      list(found.object, invocation);
      continue;
    }
    if (found.object.kind !== 'BuildConfig' && !podSpecOf(found.object)) {
      io.err(`error: ${nameOf(found.object)} is not a pod or does not have a pod template\n`);
      continue;
    }
    const { object, changed: isChanged } = await changeObject(
      found,
      (draft) => {
        for (const { label, owner } of ownersOf(draft, flags.string('containers'))) {
          const env = changed(owner.env ?? [], changes, flags.bool('overwrite'), label);
          if (env.length > 0 || owner.env) owner.env = env;
        }
      },
      invocation,
    );
    if (isChanged) report(object, 'updated');
  }
}

export const command: Command = {
  use: 'env RESOURCE/NAME KEY_1=VAL_1 ... KEY_N=VAL_N',
  long: 'Update environment variables on a pod template or a build config.\n\n List environment variable definitions in one or more pods, pod templates or build configuration. Add, update, or remove container environment variable definitions in one or more pod templates (within replication controllers or deployment configurations) or build configurations.',
  examples: `# Update deployment config 'myapp' with a new environment variable
{program} set env dc/myapp STORAGE_DIR=/local

# List the environment variables defined on a build config 'sample-build'
{program} set env bc/sample-build --list

# Set environment variables using a secret
{program} set env --from=secret/mysecret dc/myapp

# Remove the environment variable ENV from container 'c1' in all deployment configs
{program} set env dc --all --containers="c1" ENV-`,
  flags: [
    ...FILENAME_FLAGS,
    ...SELECTOR_FLAGS,
    DRY_RUN_FLAG,
    arrayFlag(
      'env',
      'Specify a key-value pair for an environment variable to set into each container.',
      { short: 'e' },
    ),
    stringFlag(
      'containers',
      'The names of containers in the selected pod templates to change - may use wildcards',
      { short: 'c', default: '*' },
    ),
    stringFlag('from', 'The name of a resource from which to inject environment variables'),
    stringFlag('prefix', 'Prefix to append to variable names'),
    boolFlag('list', 'If true, display the environment and any changes in the standard format.'),
    boolFlag('local', 'If true, set environment will NOT contact api-server but run locally.'),
    boolFlag(
      'overwrite',
      'If true, allow environment to be overwritten, otherwise reject updates that overwrite existing environment.',
      { default: true },
    ),
    ...OUTPUT_FLAGS,
  ],
  run,
};
