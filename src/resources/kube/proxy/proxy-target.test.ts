import { describe, expect, it } from 'vitest';
import { parseProxyName, targetOf } from './proxy-target.ts';

describe('the name in a proxy’s path', () => {
  it.each([
    ['web', { scheme: '', name: 'web', port: '' }],
    ['web:80', { scheme: '', name: 'web', port: '80' }],
    ['https:web:metrics', { scheme: 'https', name: 'web', port: 'metrics' }],
    [':web:80', { scheme: '', name: 'web', port: '80' }],
    ['http:web:', { scheme: 'http', name: 'web', port: '' }],
  ])('%s', (text, expected) => expect(parseProxyName(text, 'pod')).toEqual(expected));

  it.each(['a:b:c:d', 'ftp:web:21', ':80', ''])('%s is none', (text) => {
    expect(() => parseProxyName(text, 'service')).toThrow(`invalid service request "${text}"`);
  });
});

describe('a target', () => {
  it('has the port of its scheme where none is asked for', () => {
    expect(targetOf('https', '10.0.0.1', '')).toEqual({ isTls: true, host: '10.0.0.1', port: 443 });
    expect(targetOf('', '10.0.0.1', '')).toEqual({ isTls: false, host: '10.0.0.1', port: 80 });
  });
});
