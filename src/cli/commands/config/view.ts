import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { KubeObject } from '../../../machinery/object.ts';
import { CliError, UsageError } from '../../cli-error.ts';
import type { Command, Invocation } from '../../command.ts';
import { boolFlag, stringFlag } from '../../flags/flag-spec.ts';
import { kubeconfigState } from '../../kubeconfig/edit-kubeconfig.ts';
import { entryNamed, type Kubeconfig } from '../../kubeconfig/kubeconfig.ts';
import { type KubeconfigFile, mergeKubeconfigs } from '../../kubeconfig/kubeconfig-files.ts';
import { printedForm } from '../../kubeconfig/printed-form.ts';
import { newObjectPrinter, OUTPUT_FLAGS } from '../../print/object-printer.ts';

type Fields = Record<string, unknown>;

const PATHS = ['certificate-authority', 'client-certificate', 'client-key', 'tokenFile'];
const SECRETS: Readonly<Record<string, string>> = {
  'certificate-authority-data': 'DATA+OMITTED',
  'client-certificate-data': 'DATA+OMITTED',
  'client-key-data': 'DATA+OMITTED',
  token: 'REDACTED',
  password: 'REDACTED',
};

function mapFields(fields: Fields, change: (key: string, value: unknown) => Fields): Fields {
  return Object.assign({}, ...Object.entries(fields).map(([key, value]) => change(key, value)));
}

function mapEntries(config: Kubeconfig, change: (fields: Fields) => Fields): Kubeconfig {
  const clusters = config.clusters?.map(({ name, cluster }) => ({
    name,
    cluster: change({ ...cluster }),
  }));
  const users = config.users?.map(({ name, user }) => ({ name, user: change({ ...user }) }));
  return { ...config, ...(clusters ? { clusters } : {}), ...(users ? { users } : {}) };
}

/** absolute makes the paths of a file independent of where it is. */
function absolute({ path, config }: KubeconfigFile): KubeconfigFile {
  const change = (fields: Fields) =>
    mapFields(fields, (key, value) => ({
      [key]: PATHS.includes(key) && value ? resolve(dirname(path), String(value)) : value,
    }));
  return { path, config: mapEntries(config, change) };
}

function inline(key: string, value: unknown): Fields {
  if (key === 'tokenFile' || !PATHS.includes(key) || !value) return { [key]: value };
  try {
    return { [`${key}-data`]: readFileSync(String(value)).toString('base64') };
  } catch (cause) {
    throw new CliError(`open ${value}: no such file or directory`, { cause });
  }
}

const redact = (fields: Fields) =>
  mapFields(fields, (key, value) => ({ [key]: value ? (SECRETS[key] ?? value) : value }));

function minified(merged: Kubeconfig, { flags }: Invocation): Kubeconfig {
  const name = flags.string('context') || merged['current-context'];
  if (!name) throw new CliError('current-context must exist in order to minify');
  const found = entryNamed(merged.contexts, name);
  if (!found) throw new CliError(`cannot locate context ${name}`);
  const { cluster: clusterName, user: userName } = found.context ?? {};
  const cluster = entryNamed(merged.clusters, clusterName);
  if (clusterName && !cluster) throw new CliError(`cannot locate cluster ${clusterName}`);
  const user = entryNamed(merged.users, userName);
  if (userName && !user) throw new CliError(`cannot locate user ${userName}`);
  return {
    'current-context': name,
    contexts: [found],
    ...(cluster ? { clusters: [cluster] } : {}),
    ...(user ? { users: [user] } : {}),
  };
}

async function run(invocation: Invocation): Promise<void> {
  const { args, io, flags } = invocation;
  if (args.length > 0) throw new UsageError(`unexpected arguments: [${args.join(' ')}]`);
  const { files } = await kubeconfigState(invocation);
  let config = mergeKubeconfigs(flags.bool('flatten') ? files.map(absolute) : files);
  if (flags.bool('minify')) config = minified(config, invocation);
  if (flags.bool('flatten')) config = mapEntries(config, (fields) => mapFields(fields, inline));
  else if (!flags.bool('raw')) config = mapEntries(config, redact);
  const print = await newObjectPrinter(flags, io);
  if (print) io.out(print(printedForm(config) as KubeObject));
}

export const command: Command = {
  use: 'view',
  offline: true,
  long: `Display merged kubeconfig settings or a specified kubeconfig file.

 You can use --output jsonpath={...} to extract specific values using a jsonpath expression.`,
  examples: `# Show merged kubeconfig settings
{program} config view

# Show merged kubeconfig settings, raw certificate data, and exposed secrets
{program} config view --raw

# Get the password for the e2e user
{program} config view -o jsonpath='{.users[?(@.name == "e2e")].user.password}'`,
  flags: [
    ...OUTPUT_FLAGS.filter(({ name }) => name !== 'output'),
    stringFlag(
      'output',
      'Output format. One of: (json, yaml, name, go-template, go-template-file, template, templatefile, jsonpath, jsonpath-as-json, jsonpath-file).',
      { short: 'o', default: 'yaml' },
    ),
    boolFlag(
      'flatten',
      'Flatten the resulting kubeconfig file into self-contained output (useful for creating portable kubeconfig files)',
    ),
    boolFlag('minify', 'Remove all information not used by current-context from the output'),
    boolFlag('raw', 'Display raw byte data and sensitive data'),
  ],
  run,
};
