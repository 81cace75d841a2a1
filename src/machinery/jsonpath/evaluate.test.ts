import { describe, expect, it } from 'vitest';
import { findValues, newJsonPathTemplate, relaxedExpression } from './evaluate.ts';

const DATA = {
  kind: 'List',
  items: [
    {
      kind: 'None',
      metadata: { name: '127.0.0.1', labels: { 'kubernetes.io/hostname': '127.0.0.1' } },
      status: { capacity: { cpu: '4' }, addresses: [{ type: 'LegacyHostIP', address: 'a1' }] },
    },
    {
      kind: 'None',
      metadata: { name: '127.0.0.2' },
      status: {
        capacity: { cpu: '8' },
        addresses: [
          { type: 'LegacyHostIP', address: 'a2' },
          { type: 'another', address: 'a3' },
        ],
      },
    },
  ],
  users: [
    { name: 'myself', user: {}, age: 20 },
    { name: 'e2e', user: { username: 'admin', password: 'secret' }, age: 4 },
  ],
};

const render = (text: string, allowMissing = true) =>
  newJsonPathTemplate(text, { allowMissing })(DATA);

describe('JSONPath templates', () => {
  it.each([
    ['kind is {.kind}', 'kind is List'],
    ['{.items[*].metadata.name}', '127.0.0.1 127.0.0.2'],
    ['{.items[0].metadata.name}', '127.0.0.1'],
    ['{.items[-1].metadata.name}', '127.0.0.2'],
    ['{.items[0:1].metadata.name}', '127.0.0.1'],
    ["{.items[*]['metadata.name', 'status.capacity']}", ''],
    ["{.users[*]['name','age']}", 'myself 20 e2e 4'],
    ['{..name}', '127.0.0.1 127.0.0.2 myself e2e'],
    ['{.users[?(@.name=="e2e")].user.password}', 'secret'],
    ['{.users[?(@.age > 5)].name}', 'myself'],
    ['{.items[*].status.addresses[?(@.type=="another")].address}', 'a3'],
    [
      '{range .items[*]}[{.metadata.name}, {.status.capacity.cpu}]{"\\n"}{end}',
      '[127.0.0.1, 4]\n[127.0.0.2, 8]\n',
    ],
    ['{.items[0].metadata.labels.kubernetes\\.io/hostname}', '127.0.0.1'],
    ["{.items[0].metadata.labels['kubernetes.io/hostname']}", '127.0.0.1'],
    ['{.users[1].user}', '{"password":"secret","username":"admin"}'],
    ['{$.kind} {@.kind}', 'List List'],
    ['{.nosuch}', ''],
    ['plain', 'plain'],
  ])('renders %s', (template, text) => {
    expect(render(template)).toBe(text);
  });

  it('fails on a missing field when told to', () => {
    expect(() => render('{.nosuch}', false)).toThrow('nosuch is not found');
    expect(() => render('{.items[7]}', false)).toThrow(
      'array index out of bounds: index 7, length 2',
    );
  });

  it.each(['{.a', '{end}', '{range .a}x', '{.a[}'])('refuses %s', (template) => {
    expect(() => render(template)).toThrow('error parsing jsonpath');
  });

  it('accepts relaxed expressions', () => {
    for (const text of ['kind', '.kind', '{kind}', '{.kind}'])
      expect(findValues(relaxedExpression(text), DATA)).toEqual(['List']);
    expect(() => relaxedExpression('{a}{b}')).toThrow('unexpected path string');
  });
});
