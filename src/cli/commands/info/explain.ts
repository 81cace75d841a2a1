import { apiVersionOf } from '../../../machinery/object.ts';
import { CliError, ExitError } from '../../cli-error.ts';
import type { Command, Invocation } from '../../command.ts';
import type { Mapping } from '../../discovery/mapping.ts';
import { explanation } from '../../explain/explanation.ts';
import { fetchSchema, type KindName } from '../../explain/fetch-schema.ts';
import { findField } from '../../explain/schema.ts';
import { boolFlag, stringFlag } from '../../flags/flag-spec.ts';

interface Request {
  readonly mapping: Mapping;
  readonly fields: readonly string[];
}

/** requestOf tells the resource from the fields; the resource may name its group. */
async function requestOf(invocation: Invocation, text: string): Promise<Request> {
  const { session, flags, io } = invocation;
  const words = text.replace(/\.$/, '').split('.');
  const [type = '', ...rest] = words;
  const mapping = await session.discovery.find(type);
  if (!mapping) {
    io.err(`the server doesn't have a resource type ${JSON.stringify(type)}\n`);
    throw new ExitError(1);
  }
  if (flags.string('api-version') !== '') return { mapping, fields: rest };
  const whole = words.join('.');
  const candidates = (await session.discovery.all()).filter(
    ({ resource }) => resource === mapping.resource,
  );
  for (const one of candidates) {
    const qualified = one.group ? `${one.resource}.${one.group}` : one.resource;
    if (one.group && (whole === qualified || whole.startsWith(`${qualified}.`)))
      return { mapping: one, fields: whole.slice(qualified.length).split('.').slice(1) };
  }
  return { mapping, fields: rest };
}

function kindOf(mapping: Mapping, apiVersion: string): KindName {
  if (apiVersion === '') return mapping;
  const [first = '', second] = apiVersion.split('/');
  return second === undefined
    ? { group: '', version: first, kind: mapping.kind }
    : { group: first, version: second, kind: mapping.kind };
}

async function run(invocation: Invocation): Promise<void> {
  const { args, flags, io, session } = invocation;
  const [text, ...more] = args;
  if (text === undefined)
    throw new CliError(
      `You must specify the type of resource to explain. Use "${io.program} api-resources" for a complete list of supported resources.\n`,
    );
  if (more.length > 0) throw new CliError('We accept only this format: explain RESOURCE\n');
  const { mapping, fields } = await requestOf(invocation, text);
  const kind = kindOf(mapping, flags.string('api-version'));
  const schema = await fetchSchema(await session.transport(), kind);
  if (!schema)
    throw new CliError(
      `couldn't find resource for ${JSON.stringify(`${kind.group ? `${kind.group}/` : '/'}${kind.version}, Kind=${kind.kind}`)}`,
    );
  const { root, definitions } = schema;
  const found = findField(root, fields, definitions);
  if ('missing' in found)
    throw new CliError(`field ${JSON.stringify(found.missing)} does not exist`);
  const explained = {
    kind: kind.kind,
    apiVersion: apiVersionOf(kind),
    field: fields.at(-1) ?? '',
    node: found.node,
    definitions,
  };
  io.out(explanation(explained, flags.bool('recursive')));
}

export const command: Command = {
  use: 'explain RESOURCE',
  long: `List the fields for supported resources.

 This command describes the fields associated with each supported API resource. Fields are identified via a simple JSONPath identifier:

  <type>.<fieldName>[.<fieldName>]

 Add the --recursive flag to display all of the fields at once without descriptions. Information about each field is retrieved from the server in OpenAPI format.`,
  examples: `# Get the documentation of the resource and its fields
{program} explain pods

# Get the documentation of a specific field of a resource
{program} explain pods.spec.containers`,
  flags: [
    stringFlag(
      'api-version',
      'Get different explanations for particular API version (API group/version)',
    ),
    boolFlag('recursive', 'Print the fields of fields (Currently only 1 level deep)'),
  ],
  run,
};
