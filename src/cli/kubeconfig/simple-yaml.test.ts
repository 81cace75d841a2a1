import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { parseSimpleYaml } from './simple-yaml.ts';

const CONFIG = `apiVersion: v1
clusters:
- cluster:
    certificate-authority-data: LS0tLS1CRUdJTi==
    server: https://127.0.0.1:8443
  name: 127-0-0-1:8443
contexts:
  - name: admin
    context:
      cluster: "127-0-0-1:8443"
      namespace: project1
      user: system:admin/127-0-0-1:8443
current-context: admin
kind: Config
preferences: {}
# a comment
users:
- name: system:admin/127-0-0-1:8443
  user:
    token: 'abc'
`;

describe('parseSimpleYaml', () => {
  it('reads what the library reads', () => {
    expect(parseSimpleYaml(CONFIG)).toEqual(parse(CONFIG));
  });

  it.each([
    'a: &x b',
    'a: *x',
    'a: |\n  text',
    'a: >-\n  text',
    'a: {b: c}',
    'a: [b]',
    'a: 1',
    'a: yes',
    'a: 1:20',
    'a: 2026-11-22',
    'a: 0x1f',
    'a: b # comment',
    'a: "x\\n"',
    '- a',
    'a:\n- b',
    'a: b\n  c: d',
    '"a": b',
  ])('leaves %j to the library', (text) => {
    expect(parseSimpleYaml(text)).toBeUndefined();
  });
});
