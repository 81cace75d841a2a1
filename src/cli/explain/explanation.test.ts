import { describe, expect, it } from 'vitest';
import { explanation } from './explanation.ts';
import { type Definitions, findField, type SchemaNode } from './schema.ts';
import { wrapText } from './wrap-text.ts';

const DEFINITIONS: Definitions = {
  Boat: {
    description: 'A boat.',
    required: ['hull'],
    properties: {
      hull: { allOf: [{ $ref: '#/components/schemas/Hull' }], description: 'What floats.' },
      parts: { type: 'array', items: { $ref: '#/components/schemas/Boat' }, description: 'Parts.' },
      labels: { type: 'object', additionalProperties: { type: 'string' } },
      draft: { oneOf: [{ type: 'string' }, { type: 'number' }] },
    },
  },
  Hull: { properties: { wood: { type: 'string', description: 'Kind of wood' } } },
};

const root: SchemaNode = { $ref: '#/components/schemas/Boat' };

function explain(path: string[], isRecursive = false): string {
  const found = findField(root, path, DEFINITIONS);
  if ('missing' in found) return `missing ${found.missing}`;
  const about = { kind: 'Boat', apiVersion: 'sea/v1', field: path.at(-1) ?? '' };
  return explanation({ ...about, node: found.node, definitions: DEFINITIONS }, isRecursive);
}

describe('explanation', () => {
  it('lists the fields of a kind with types, descriptions and what is required', () => {
    expect(explain([])).toBe(`KIND:     Boat
VERSION:  sea/v1

DESCRIPTION:

     A boat.

FIELDS:
   draft\t<string>

   hull\t<Object> -required-
     What floats.

   labels\t<map[string]string>

   parts\t<[]Object>
     Parts.

`);
  });

  it('goes through lists and references, and joins their descriptions', () => {
    expect(explain(['parts', 'hull'])).toBe(`KIND:     Boat
VERSION:  sea/v1

RESOURCE: hull <Object>

DESCRIPTION:
     What floats.

FIELDS:
   wood\t<string>
     Kind of wood

`);
  });

  it('explains a field without fields of its own', () => {
    expect(explain(['hull', 'wood'])).toBe(
      'KIND:     Boat\nVERSION:  sea/v1\n\nFIELD:    wood <string>\n\nDESCRIPTION:\n     Kind of wood\n',
    );
  });

  it('does not open a kind within itself when it shows all fields', () => {
    expect(explain([], true).split('FIELDS:\n')[1]).toBe(`   draft\t<string>
   hull\t<Object>
      wood\t<string>
   labels\t<map[string]string>
   parts\t<[]Object>
      draft\t<string>
      hull\t<Object>
         wood\t<string>
      labels\t<map[string]string>
      parts\t<[]Object>
`);
  });

  it('names the field that does not exist', () => {
    expect(explain(['hull', 'iron'])).toBe('missing iron');
  });
});

describe('wrapText', () => {
  it.each([
    ['aa bb cc', 5, ['aa bb', 'cc']],
    ['aa\nbb', 9, ['aa bb']],
    ['as:\nbb', 9, ['as:', 'bb']],
    ['aa\n* bb', 9, ['aa', '* bb']],
    ['aa\n    code  here', 9, ['aa', '    code  here']],
    ['aa\n\nbb', 9, ['aa', 'bb']],
    ['aa:\nbb\n\ncc', 9, ['aa:', 'bb', '', 'cc']],
    ['averyveryverylongword b', 5, ['averyveryverylongword', 'b']],
    ['', 9, []],
  ])('breaks %j at %i', (text, width, lines) => {
    expect(wrapText(text, width)).toEqual(lines);
  });
});
