import { describe, expect, it } from 'vitest';
import { newGoTemplate } from './evaluate.ts';

const DATA = {
  metadata: { name: 'web', labels: { app: 'web', tier: 'front' } },
  items: [{ name: 'a', ready: true }, { name: 'b' }],
  count: 3,
  data: { key: 'aGVsbG8=' },
  empty: [],
};

describe('Go templates', () => {
  it.each([
    ['{{.metadata.name}}', 'web'],
    ['{{ .nosuch }}', '<no value>'],
    ['{{.metadata.nosuch.deeper}}', '<no value>'],
    ['{{.metadata.labels}}', 'map[app:web tier:front]'],
    ['{{range .items}}{{.name}},{{end}}', 'a,b,'],
    ['{{range .empty}}x{{else}}none{{end}}', 'none'],
    ['{{range $i, $e := .items}}{{$i}}={{$e.name}} {{end}}', '0=a 1=b '],
    ['{{range $k, $v := .metadata.labels}}{{$k}}:{{$v}};{{end}}', 'app:web;tier:front;'],
    ['{{range .items}}{{if .ready}}yes{{else}}no{{end}} {{end}}', 'yes no '],
    ['{{if eq .count 1}}1{{else if eq .count 3}}3{{else}}?{{end}}', '3'],
    ['{{with .metadata}}{{.name}}/{{$.count}}{{end}}', 'web/3'],
    ['{{$n := .metadata.name}}{{$n}}', 'web'],
    ['{{len .items}} {{len .metadata.name}}', '2 3'],
    ['{{index .metadata.labels "app"}}', 'web'],
    ['{{(index .items 1).name}}', 'b'],
    ['{{.data.key | base64decode}}', 'hello'],
    ['{{printf "%-5s|%03d|%q" .metadata.name .count "x"}}', 'web  |003|"x"'],
    ['{{if and .count (not .empty)}}ok{{end}}', 'ok'],
    ['a {{- " b " -}} c', 'a b c'],
    ['{{/* comment */}}x', 'x'],
    ['{{"\\n"}}', '\n'],
  ])('renders %s', (template, text) => {
    expect(newGoTemplate(template)(DATA)).toBe(text);
  });

  it.each([
    ['{{.a', 'unclosed action'],
    ['{{if .a}}x', 'unexpected EOF'],
    ['{{end}}', 'unexpected {{end}}'],
    ['{{nosuch .a}}', 'function "nosuch" not defined'],
    ['{{$x}}', 'undefined variable "$x"'],
  ])('refuses %s', (template, message) => {
    expect(() => newGoTemplate(template)(DATA)).toThrow(message);
  });
});
