import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { KubeObject } from '../../machinery/object.ts';
import { CliError } from '../cli-error.ts';
import { qualifiedKind } from '../discovery/mapping.ts';
import { boolFlag, type FlagSpec, stringFlag } from '../flags/flag-spec.ts';
import type { FlagValues } from '../flags/flag-values.ts';
import type { Io } from '../io.ts';

const GENERIC =
  'json, yaml, name, go-template, go-template-file, template, templatefile, jsonpath, jsonpath-as-json, jsonpath-file';
const ALL_FORMATS = `${GENERIC}, custom-columns, custom-columns-file, wide`;

/** OUTPUT_FLAGS are the flags of commands that can print the objects that they made or changed. */
export const OUTPUT_FLAGS: readonly FlagSpec[] = [
  stringFlag('output', `Output format. One of: (${GENERIC}).`, { short: 'o' }),
  stringFlag(
    'template',
    'Template string or path to template file to use when -o=go-template, -o=go-template-file. The template format is golang templates [http://golang.org/pkg/text/template/#pkg-overview].',
  ),
  boolFlag(
    'allow-missing-template-keys',
    'If true, ignore any errors in templates when a field or map key is missing in the template. Only applies to golang and jsonpath output formats.',
    { default: true },
  ),
  boolFlag(
    'show-managed-fields',
    'If true, keep the managedFields when printing objects in JSON or YAML format.',
  ),
];

/** ObjectPrinter writes one object, or one list, as text. */
export type ObjectPrinter = (object: KubeObject) => string;

/** nameOf is what `-o name` prints: `deployment.apps/web`. */
export function nameOf(object: KubeObject): string {
  const [first = '', second] = object.apiVersion.split('/');
  const group = second === undefined ? '' : first;
  return `${qualifiedKind({ kind: object.kind, group })}/${object.metadata.name ?? ''}`;
}

function itemsOf(object: KubeObject): KubeObject[] | undefined {
  const { items } = object as KubeObject & { items?: KubeObject[] };
  return Array.isArray(items) ? items : undefined;
}

function withoutManagedFields(object: KubeObject): KubeObject {
  const items = itemsOf(object);
  if (items) return Object.assign({}, object, { items: items.map(withoutManagedFields) });
  if (!object.metadata) return object;
  const { managedFields: _, ...metadata } = object.metadata;
  return { ...object, metadata };
}

function names(object: KubeObject): string {
  const items = itemsOf(object);
  if (!items) return `${nameOf(object)}\n`;
  return items.map((one) => `${nameOf(one)}\n`).join('');
}

interface Template {
  readonly format: string;
  readonly argument: string;
}

function templateOf(flags: FlagValues, io: Io): Template {
  const output = flags.string('output');
  const equals = output.indexOf('=');
  const format = equals < 0 ? output : output.slice(0, equals);
  let argument = equals < 0 ? '' : output.slice(equals + 1);
  if (argument === '' && flags.has('template')) argument = flags.string('template');
  if (/(file)$/.test(format)) {
    if (argument === '')
      throw new CliError(`${format} format specified but no template file given`);
    try {
      argument = readFileSync(resolve(io.cwd, argument), 'utf8');
    } catch (cause) {
      throw new CliError(
        `error reading --template ${argument}, open ${argument}: no such file or directory`,
        { cause },
      );
    }
  }
  return { format: format.replace(/-?file$/, '').replace(/^template$/, 'go-template'), argument };
}

async function jsonPathPrinter({ format, argument }: Template, allowMissing: boolean) {
  if (argument === '') throw new CliError('template format specified but no template given');
  const { newJsonPathTemplate, findValues } = await import('../../machinery/jsonpath/evaluate.ts');
  if (format === 'jsonpath-as-json') {
    const { goJson } = await import('../../machinery/go-json.ts');
    return (object: KubeObject) => `${goJson(findValues(argument, object), 4)}\n`;
  }
  const render = newJsonPathTemplate(argument, { allowMissing });
  return (object: KubeObject) => render(object);
}

/**
 * newObjectPrinter makes the printer for `--output`; undefined without one, or for `wide`. Unknown
 * formats fail as kubectl's.
 */
export async function newObjectPrinter(
  flags: FlagValues,
  io: Io,
  formats = GENERIC,
): Promise<ObjectPrinter | undefined> {
  const output = flags.string('output');
  if (output === '' || output === 'wide') return undefined;
  const clean =
    flags.has('show-managed-fields') && flags.bool('show-managed-fields')
      ? (object: KubeObject) => object
      : withoutManagedFields;
  const template = templateOf(flags, io);
  switch (template.format) {
    case 'json': {
      const { toJson } = await import('./json.ts');
      return (object) => toJson(clean(object));
    }
    case 'yaml': {
      const { toYaml } = await import('../../machinery/yaml/to-yaml.ts');
      return (object) => toYaml(clean(object));
    }
    case 'name':
      return names;
    case 'jsonpath':
    case 'jsonpath-as-json':
      return jsonPathPrinter(template, flags.bool('allow-missing-template-keys'));
    case 'go-template': {
      if (template.argument === '')
        throw new CliError('template format specified but no template given');
      const { newGoTemplate } = await import('./go-template/evaluate.ts');
      return newGoTemplate(template.argument);
    }
    case 'custom-columns': {
      const { newCustomColumns } = await import('./custom-columns.ts');
      return newCustomColumns(
        template.argument,
        flags.has('no-headers') && flags.bool('no-headers'),
      );
    }
    default:
      throw new CliError(
        `unable to match a printer suitable for the output format ${JSON.stringify(output)}, allowed formats are: ${formats.split(', ').sort().join(',')}`,
      );
  }
}

/** GET_FORMATS are the formats of `get`. */
export const GET_FORMATS = ALL_FORMATS;
