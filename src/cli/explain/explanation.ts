import { type Definitions, type SchemaNode, shapeOf, typeName } from './schema.ts';
import { wrapText } from './wrap-text.ts';

const WIDTH = 80;
const DESCRIPTION_INDENT = 5;
const FIELD_INDENT = 3;

/** Explained is what is explained: a kind, or a field of it. */
export interface Explained {
  readonly kind: string;
  readonly apiVersion: string;
  /** The name of the field; empty for the kind itself. */
  readonly field: string;
  readonly node: SchemaNode;
  readonly definitions: Definitions;
}

function wrapped(text: string, indent: number): string[] {
  const pad = ' '.repeat(indent);
  return wrapText(text, WIDTH - indent).map((line) => (line === '' ? '' : pad + line));
}

function descriptionLines(texts: readonly string[]): string[] {
  const lines = texts.flatMap((text, index) =>
    text === '' ? [] : [...(index > 0 ? [''] : []), ...wrapped(text, DESCRIPTION_INDENT)],
  );
  const empty = texts.every((text) => text === '');
  return ['DESCRIPTION:', ...(empty ? wrapped('<empty>', DESCRIPTION_INDENT) : lines)];
}

function fieldLines(node: SchemaNode, definitions: Definitions): string[] {
  const shape = shapeOf(node);
  if (shape.is !== 'object') return [];
  const pad = ' '.repeat(FIELD_INDENT);
  return Object.keys(shape.fields)
    .sort()
    .flatMap((name) => {
      const field = shape.fields[name] ?? {};
      const required = shape.required.includes(name) ? ' -required-' : '';
      return [
        `${pad}${name}\t<${typeName(field, definitions)}>${required}`,
        ...wrapped(field.description ?? '', FIELD_INDENT + 2),
        '',
      ];
    });
}

function recursiveLines(root: SchemaNode, definitions: Definitions): string[] {
  const lines: string[] = [];
  const open = new Set<string>();
  const visit = (node: SchemaNode, indent: number): void => {
    const shape = shapeOf(node);
    if (shape.is === 'array' || shape.is === 'map') visit(shape.of, indent);
    else if (shape.is === 'reference' && !open.has(shape.name)) {
      open.add(shape.name);
      visit(definitions[shape.name] ?? {}, indent);
      open.delete(shape.name);
    } else if (shape.is === 'object')
      for (const name of Object.keys(shape.fields).sort()) {
        const field = shape.fields[name] ?? {};
        lines.push(`${' '.repeat(indent)}${name}\t<${typeName(field, definitions)}>`);
        visit(field, indent + FIELD_INDENT);
      }
  };
  visit(root, FIELD_INDENT);
  return lines;
}

/** unwrap goes through references, lists and maps to what they are made of, with all descriptions. */
function unwrap(node: SchemaNode, definitions: Definitions) {
  const descriptions = [node.description ?? ''];
  let inner = node;
  for (let shape = shapeOf(inner); ; shape = shapeOf(inner)) {
    if (shape.is === 'reference') inner = definitions[shape.name] ?? {};
    else if (shape.is === 'array' || shape.is === 'map') inner = shape.of;
    else return { inner, shape, descriptions };
    descriptions.push(inner.description ?? '');
  }
}

/** explanation is the text of `explain` (kubectl before 1.27: OpenAPI version 2's layout). */
export function explanation(
  { kind, apiVersion, field, node, definitions }: Explained,
  isRecursive: boolean,
): string {
  const { inner, shape, descriptions } = unwrap(node, definitions);
  const type = typeName(node, definitions);
  const lines = [`KIND:     ${kind}`, `VERSION:  ${apiVersion}`, ''];
  const description = descriptionLines(descriptions);
  if (shape.is === 'primitive') lines.push(`FIELD:    ${field} <${type}>`, '', ...description);
  else if (shape.is === 'anything') lines.push(...description);
  else {
    if (field !== '') lines.push(`RESOURCE: ${field} <${type}>`, '');
    const fields = isRecursive ? recursiveLines : fieldLines;
    lines.push(...description, '', 'FIELDS:', ...fields(inner, definitions));
  }
  return `${lines.join('\n')}\n`;
}
