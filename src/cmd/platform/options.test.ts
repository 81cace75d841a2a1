import { describe, expect, it } from 'vitest';
import { parseOptions, UsageError } from './options.ts';

const ALLOWED = ['--yes', '--api-port', '--data-dir'];

describe('parseOptions', () => {
  it('reads values after a blank and after an equals sign, and switches', () => {
    const options = parseOptions(['-y', '--api-port=9443', '--data-dir', '/tmp/a=b'], ALLOWED);
    expect(options).toMatchObject({ yes: true, apiPort: 9443, dataDirectory: '/tmp/a=b' });
  });

  it('takes a switch of kube-apiserver that stands alone for on', () => {
    const switches = ['--enable-bootstrap-token-auth', '--anonymous-auth'] as const;
    const argv = [switches[0], '--yes', `${switches[1]}=false`];
    expect(parseOptions(argv, [...ALLOWED, ...switches])).toMatchObject({
      yes: true,
      api: { '--enable-bootstrap-token-auth': 'true', '--anonymous-auth': 'false' },
    });
  });

  it.each([
    ['an unknown flag', ['--nope'], 'unknown flag: --nope'],
    ['a flag of another command', ['--purge'], 'unknown flag: --purge'],
    ['a missing value', ['--api-port'], 'flag needs an argument: --api-port'],
    ['a port out of range', ['--api-port', '70000'], 'a port is a number from 1 to 65535'],
    ['a stray word', ['now'], 'unknown argument "now"'],
    ['an empty path', ['--data-dir='], 'give a path'],
  ])('refuses %s', (_case, argv, message) => {
    expect(() => parseOptions(argv, ALLOWED)).toThrow(UsageError);
    expect(() => parseOptions(argv, ALLOWED)).toThrow(message);
  });
});
