import { describe, expect, it } from 'vitest';
import type { Build } from '../../../apis/build.openshift.io/v1/types.ts';
import { isRunnable, superseded } from './run-policy.ts';

function build(number: number, phase: string, policy = 'Serial', cancelled = false): Build {
  return {
    apiVersion: 'build.openshift.io/v1',
    kind: 'Build',
    metadata: {
      name: `app-${number}`,
      namespace: 'p',
      labels: { 'openshift.io/build.start-policy': policy },
      annotations: {
        'openshift.io/build.number': String(number),
        'openshift.io/build-config.name': 'app',
      },
    },
    status: { phase, ...(cancelled ? { cancelled } : {}) },
  };
}

describe('isRunnable', () => {
  it.each([
    ['the oldest queued build when nothing runs', [build(1, 'Complete'), build(2, 'New')], 2, true],
    ['no build while another runs', [build(1, 'Running'), build(2, 'New')], 2, false],
    ['no build before an older one', [build(2, 'New'), build(3, 'New')], 3, false],
    ['numbers, not names, count', [build(9, 'New'), build(10, 'New')], 9, true],
    [
      'a cancelled build holds nobody up',
      [build(1, 'New', 'Serial', true), build(2, 'New')],
      2,
      true,
    ],
    [
      'parallel builds together',
      [build(1, 'Running', 'Parallel'), build(2, 'New', 'Parallel')],
      2,
      true,
    ],
    [
      'no parallel build beside a serial one',
      [build(1, 'Running'), build(2, 'New', 'Parallel')],
      2,
      false,
    ],
  ] as const)('%s', (_what, builds, number, expected) => {
    const one = builds.find(({ metadata }) => metadata.name === `app-${number}`);
    if (one === undefined) throw new Error('no such build');
    expect(isRunnable(one, [...builds])).toBe(expected);
  });

  it('runs a build without a config at once', () => {
    const one = build(1, 'New');
    one.metadata.annotations = {};
    expect(isRunnable(one, [build(2, 'Running'), one])).toBe(true);
  });
});

describe('superseded', () => {
  it('names older queued builds for SerialLatestOnly alone', () => {
    const latest = build(3, 'New', 'SerialLatestOnly');
    const builds = [build(1, 'Running'), build(2, 'New'), latest];
    expect(superseded(latest, builds).map(({ metadata }) => metadata.name)).toEqual(['app-2']);
    expect(superseded(build(3, 'New'), builds)).toEqual([]);
  });
});
