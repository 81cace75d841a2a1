import type { EnvVar } from '../../apis/core/v1/types.ts';
import type { BuildSession, SourceInfo } from '../build-session.ts';

/** Variable is one environment variable with its value. */
export interface Variable {
  readonly name: string;
  readonly value: string;
}

/** plainVariables are the variables of a strategy that state a value. */
export function plainVariables(env: readonly EnvVar[] | undefined): readonly Variable[] {
  return (env ?? [])
    .filter(({ name }) => name !== 'BUILD_LOGLEVEL')
    .map(({ name, value }) => ({ name, value: value ?? '' }));
}

/** buildVariables are what OpenShift tells the image about the build that made it. */
export function buildVariables(
  { build }: BuildSession,
  info: SourceInfo | undefined,
): readonly Variable[] {
  const variables: Variable[] = [
    { name: 'OPENSHIFT_BUILD_NAME', value: build.metadata.name ?? '' },
    { name: 'OPENSHIFT_BUILD_NAMESPACE', value: build.metadata.namespace ?? '' },
  ];
  const git = build.spec?.source?.git;
  if (git) variables.push({ name: 'OPENSHIFT_BUILD_SOURCE', value: git.uri });
  if (git?.ref) variables.push({ name: 'OPENSHIFT_BUILD_REFERENCE', value: git.ref });
  if (info?.commit) variables.push({ name: 'OPENSHIFT_BUILD_COMMIT', value: info.commit });
  return variables;
}

function author({ authorName = '', authorEmail = '' }: SourceInfo): string {
  return authorName === '' ? '' : `${authorName} <${authorEmail}>`;
}

/** sourceLabels name the source of an image, below `PREFIXbuild.`; empty ones are left out. */
export function sourceLabels(prefix: string, info: SourceInfo | undefined): Record<string, string> {
  if (info === undefined) return {};
  const labels: Record<string, string | undefined> = {
    'commit.author': author(info),
    'commit.date': info.date,
    'commit.id': info.commit,
    'commit.message': info.message,
    'commit.ref': info.ref,
    'source-location': info.location,
    'source-context-dir': info.contextDir,
  };
  const stated = Object.entries(labels).filter(([, value]) => value);
  return Object.fromEntries(stated.map(([name, value]) => [`${prefix}build.${name}`, value ?? '']));
}

/** buildLabels are the labels that every built image gets, those of `spec.output` last. */
export function buildLabels(
  { build }: BuildSession,
  info: SourceInfo | undefined,
): Record<string, string> {
  const wanted = build.spec?.output?.imageLabels ?? [];
  return {
    ...sourceLabels('io.openshift.', info),
    'io.openshift.build.name': build.metadata.name ?? '',
    'io.openshift.build.namespace': build.metadata.namespace ?? '',
    ...Object.fromEntries(wanted.map(({ name, value = '' }) => [name, value])),
  };
}
