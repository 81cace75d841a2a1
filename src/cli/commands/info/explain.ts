import { CliError, UsageError } from '../../cli-error.ts';
import type { Command, Invocation } from '../../command.ts';
import type { Mapping } from '../../discovery/mapping.ts';
import { boolFlag, stringFlag } from '../../flags/flag-spec.ts';

/** Definition is a schema of the server's OpenAPI (version 2). */
interface Definition {
  readonly description?: string;
  readonly type?: string;
  readonly format?: string;
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, Definition>>;
  readonly items?: Definition;
  readonly additionalProperties?: Definition;
  readonly $ref?: string;
  readonly 'x-kubernetes-group-version-kind'?: readonly {
    group: string;
    version: string;
    kind: string;
  }[];
}

type Definitions = Readonly<Record<string, Definition>>;

function resolve(definition: Definition | undefined, all: Definitions): Definition {
  const name = definition?.$ref?.replace('#/definitions/', '');
  return name ? (all[name] ?? {}) : (definition ?? {});
}

/** inner goes through lists and maps to what they hold. */
function inner(definition: Definition, all: Definitions): Definition {
  const resolved = resolve(definition, all);
  if (resolved.items) return inner(resolved.items, all);
  if (resolved.additionalProperties && typeof resolved.additionalProperties === 'object')
    return inner(resolved.additionalProperties, all);
  return resolved;
}

function typeName(definition: Definition, all: Definitions): string {
  if (definition.$ref) {
    const target = resolve(definition, all);
    return target.properties || !target.type ? 'Object' : typeName(target, all);
  }
  if (definition.type === 'array') return `[]${typeName(definition.items ?? {}, all)}`;
  if (definition.type === 'object')
    return definition.additionalProperties
      ? `map[string]${typeName(definition.additionalProperties, all)}`
      : 'Object';
  return definition.type ?? '';
}

function wrap(text: string, indent: string, width = 80): string {
  const lines: string[] = [];
  for (const paragraph of text.split('\n')) {
    let line = '';
    for (const word of paragraph.split(/\s+/).filter((one) => one !== '')) {
      if (line !== '' && indent.length + line.length + 1 + word.length > width) {
        lines.push(indent + line);
        line = word;
      } else line = line === '' ? word : `${line} ${word}`;
    }
    lines.push(line === '' ? '' : indent + line);
  }
  return lines.join('\n');
}

function fieldsText(
  definition: Definition,
  all: Definitions,
  options: { indent: string; recursive: boolean; seen: ReadonlySet<Definition> },
): string {
  const { indent, recursive, seen } = options;
  const properties = definition.properties ?? {};
  return Object.keys(properties)
    .sort()
    .map((name) => {
      const field = properties[name] ?? {};
      const required = definition.required?.includes(name) ? ' -required-' : '';
      const head = `${indent}${name}\t<${typeName(field, all)}>${required}\n`;
      const deeper = inner(field, all);
      if (!recursive) {
        const text = field.description ?? resolve(field, all).description;
        return text ? `${head}${wrap(text, `${indent}  `)}\n` : head;
      }
      if (!deeper.properties || seen.has(deeper)) return head;
      return (
        head +
        fieldsText(deeper, all, {
          indent: `${indent}   `,
          recursive,
          seen: new Set([...seen, deeper]),
        })
      );
    })
    .join(recursive ? '' : '\n');
}

function find(all: Definitions, { group, version, kind }: Mapping): Definition | undefined {
  return Object.values(all).find((one) =>
    one['x-kubernetes-group-version-kind']?.some(
      (gvk) => gvk.group === group && gvk.version === version && gvk.kind === kind,
    ),
  );
}

interface Step {
  readonly definition: Definition;
  /** The field as its owner declares it; undefined for the kind itself. */
  readonly field: Definition | undefined;
}

function walk(root: Definition, path: readonly string[], all: Definitions): Step {
  let step: Step = { definition: root, field: undefined };
  for (const name of path) {
    const field = step.definition.properties?.[name];
    if (!field) throw new CliError(`field ${JSON.stringify(name)} does not exist`);
    step = { definition: inner(field, all), field };
  }
  return step;
}

async function run({ args, flags, session, io, commandPath }: Invocation): Promise<void> {
  const [text, ...more] = args;
  const parent = commandPath.split(' ')[0];
  if (text === undefined)
    throw new UsageError(
      `You must specify the type of resource to explain. Use "${parent} api-resources" for a complete list of supported resources.\n`,
    );
  if (more.length > 0) throw new UsageError('We accept only this format: explain RESOURCE');
  const [resource = '', ...path] = text.split('.');
  const mapping = await session.discovery.resolve(resource);
  const transport = await session.transport();
  const { body } = await transport.request({ method: 'GET', path: '/openapi/v2' });
  const { definitions: all = {} } = (body.kind === 'object' ? body.object : {}) as {
    definitions?: Definitions;
  };
  const root = find(all, mapping);
  if (!root)
    throw new CliError(
      `couldn't find resource for "${mapping.group}/${mapping.version}, Kind=${mapping.kind}"`,
    );
  const { definition, field } = walk(root, path, all);
  const version = mapping.group ? `${mapping.group}/${mapping.version}` : mapping.version;
  io.out(`KIND:     ${mapping.kind}\nVERSION:  ${version}\n\n`);
  const name = path.at(-1);
  const type = field ? typeName(field, all) : '';
  if (name !== undefined && definition.properties) io.out(`RESOURCE: ${name} <${type}>\n\n`);
  else if (name !== undefined) io.out(`FIELD:    ${name} <${type}>\n\n`);
  const description = field?.description ?? definition.description ?? '<empty>';
  io.out(`DESCRIPTION:\n${wrap(description, '     ')}\n`);
  if (field?.description && definition.description && definition.properties)
    io.out(`\n${wrap(definition.description, '     ')}\n`);
  if (definition.properties) {
    const recursive = flags.bool('recursive');
    const options = { indent: '   ', recursive, seen: new Set([definition]) };
    io.out(`\nFIELDS:\n${fieldsText(definition, all, options)}${recursive ? '' : '\n'}`);
  }
}

export const command: Command = {
  use: 'explain RESOURCE',
  long: 'List the fields for supported resources.\n\n This command describes the fields associated with each supported API resource. Fields are identified via a simple JSONPath identifier:\n\n  <type>.<fieldName>[.<fieldName>]\n\n Information about each field is retrieved from the server in OpenAPI format.',
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
