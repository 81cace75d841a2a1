import { describe, expect, it } from 'vitest';
import { toYaml } from '../../machinery/yaml/to-yaml.ts';
import { objectPayload, partsPayload } from '../output/payload.ts';
import { payloadText } from './payload-text.ts';

const head = { kind: 'PodList', apiVersion: 'v1', metadata: { resourceVersion: '7' } };
const items = [
  { metadata: { name: 'a', labels: { at: '2020-01-01T00:00:00Z', on: 'yes' } }, list: [1, [2]] },
  { metadata: { name: 'b' }, text: 'two\nlines\n', none: null, empty: {}, nothing: [] },
  { metadata: { name: 'c' }, odd: '"\\n  x', unicode: 'äöü\u2028' },
];
const list = { ...head, items };
const inParts = partsPayload({
  head,
  field: 'items',
  items: items.map((item) => Buffer.from(JSON.stringify(item))),
});
async function all(chunks: AsyncIterable<Uint8Array>): Promise<Uint8Array[]> {
  const found: Uint8Array[] = [];
  for await (const chunk of chunks) found.push(chunk);
  return found;
}

const text = async (...args: Parameters<typeof payloadText>) =>
  Buffer.concat(await all(payloadText(...args))).toString('utf8');

describe('payloadText', () => {
  it('writes a list in parts as it writes the whole', async () => {
    const whole = objectPayload(list);
    expect(await text(inParts, undefined)).toBe(`${JSON.stringify(list)}\n`);
    expect(await text(inParts, 'pretty')).toBe(
      JSON.stringify(list, undefined, 2).replace('\u2028', '\\u2028'),
    );
    expect(await text(inParts, 'pretty')).toBe(await text(whole, 'pretty'));
    expect(await text(inParts, 'yaml')).toBe(await text(whole, 'yaml'));
    expect(await text(inParts, 'yaml')).toBe(toYaml(list));
    expect(inParts.object).toEqual(list);
  });

  it.each(['yaml', 'pretty', undefined] as const)('writes an empty list as %s', async (format) => {
    const empty = partsPayload({ head, field: 'items', items: [] });
    expect(await text(empty, format)).toBe(
      await text(objectPayload({ ...head, items: [] }), format),
    );
  });

  it('lets the event loop turn within a long list', async () => {
    const item = Buffer.from(JSON.stringify({ data: 'x'.repeat(100_000) }));
    const long = partsPayload({ head, field: 'items', items: Array(50).fill(item) });
    const order: string[] = [];
    setImmediate(() => order.push('other work'));
    await all(payloadText(long, 'pretty'));
    order.push('list');
    expect(order).toEqual(['other work', 'list']);
  });
});
