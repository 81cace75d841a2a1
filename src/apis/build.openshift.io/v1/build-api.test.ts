import { describe, expect, it } from 'vitest';
import { BUILD_COLUMNS, BUILD_CONFIG_COLUMNS, sourceText } from './columns.ts';
import { defaultBuildConfig } from './defaults.ts';
import type { Build, BuildConfig, CommonSpec } from './types.ts';
import { validateBuildConfig } from './validation.ts';

const strategy = { sourceStrategy: { from: { kind: 'ImageStreamTag', name: 'ruby:3.1' } } };
const git = { uri: 'https://git.example/a.git', ref: 'master' };

describe('the FROM column', () => {
  it.each<[string, Partial<CommonSpec>]>([
    ['Git@master', { source: { git } }],
    ['Git', { source: { git: { uri: git.uri } } }],
    [
      'Git@abcdef1',
      { source: { git }, revision: { type: 'Git', git: { commit: 'abcdef1'.padEnd(40, '0') } } },
    ],
    ['Binary', { source: { binary: {} } }],
    ['Dockerfile', { source: { dockerfile: 'FROM a' } }],
    ['Dockerfile,Git@master', { source: { dockerfile: 'FROM a', git } }],
    ['', {}],
  ])('shows %s', (text, spec) => {
    expect(sourceText({ strategy, ...spec })).toBe(text);
  });
});

describe('columns', () => {
  const now = new Date('2026-01-01T00:02:05Z');

  it('print a build as oc shows it', () => {
    const build: Build = {
      apiVersion: 'build.openshift.io/v1',
      kind: 'Build',
      metadata: { name: 'app-1' },
      spec: { strategy, source: { git } },
      status: {
        phase: 'Failed',
        reason: 'AssembleFailed',
        startTimestamp: '2026-01-01T00:00:00Z',
        duration: 65_000_000_000,
      },
    };
    expect(BUILD_COLUMNS.map(({ cell }) => cell(build, now))).toEqual([
      'app-1',
      'Source',
      'Git@master',
      'Failed (AssembleFailed)',
      '2 minutes ago',
      '1m5s',
    ]);
  });

  it('print a build config as oc shows it', () => {
    const config: BuildConfig = {
      apiVersion: 'build.openshift.io/v1',
      kind: 'BuildConfig',
      metadata: { name: 'app' },
      spec: { strategy, source: { git } },
      status: { lastVersion: 3 },
    };
    expect(BUILD_CONFIG_COLUMNS.map(({ cell }) => cell(config, now))).toEqual([
      'app',
      'Source',
      'Git@master',
      3,
    ]);
  });
});

describe('validateBuildConfig', () => {
  function errorsOf(spec: BuildConfig['spec']): string[] {
    const config: BuildConfig = {
      apiVersion: 'build.openshift.io/v1',
      kind: 'BuildConfig',
      metadata: { name: 'app', namespace: 'p' },
      spec,
    };
    defaultBuildConfig(config);
    return validateBuildConfig(config).map(({ field, body }) => `${field}: ${body}`);
  }

  it('takes what new-app makes', () => {
    const output = { to: { kind: 'ImageStreamTag', name: 'app:latest' } };
    expect(errorsOf({ strategy, source: { git }, output })).toEqual([]);
  });

  it.each<[string, BuildConfig['spec'], string]>([
    ['no strategy', { strategy: {} }, 'must provide a value for exactly one of sourceStrategy'],
    ['no uri', { strategy, source: { git: { uri: '' } } }, 'spec.source.git.uri: Required value'],
    [
      'git and binary',
      { strategy, source: { git, binary: {} } },
      'spec.source.git: Invalid value: "": may not be set when binary is also set',
    ],
    [
      'a context that leads out',
      { strategy, source: { git, contextDir: '../x' } },
      'context dir must not be a relative path',
    ],
    [
      'an output without a tag',
      { strategy, output: { to: { kind: 'ImageStreamTag', name: 'app' } } },
      'ImageStreamTag object references must be in the form <name>:<tag>',
    ],
    [
      'a policy that does not exist',
      { strategy, runPolicy: 'Sometimes' },
      'run policy must Parallel, Serial, or SerialLatestOnly',
    ],
    [
      'a webhook without a secret',
      { strategy, triggers: [{ type: 'GitHub', github: {} }] },
      'must provide a value for at least one of secret or secretReference',
    ],
    [
      'a docker build from nothing',
      { strategy: { dockerStrategy: {} } },
      'must provide a value for at least one source input(git, binary, dockerfile, images).',
    ],
    [
      'script and command',
      { strategy, postCommit: { script: 'a', command: ['b'] } },
      'cannot use command and script together',
    ],
  ])('refuses %s', (_what, spec, text) => {
    expect(errorsOf(spec).join('\n')).toContain(text);
  });
});
