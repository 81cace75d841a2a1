import type {
  Build,
  BuildConfig,
  BuildConfigSpec,
  BuildSpec,
} from '../../apis/build.openshift.io/v1/types.ts';
import type { Event, ObjectReference } from '../../apis/core/v1/types.ts';
import type { Text } from './describer.ts';
import { writeEvents } from './events.ts';
import { goDuration, goTime, rfc1123 } from './go-time.ts';
import { openshiftHead } from './openshift-meta.ts';

const imageName = ({ kind, name, namespace }: ObjectReference) =>
  `${kind} ${namespace ? `${namespace}/` : ''}${name}`;

function writeSource({ source, revision }: BuildSpec | BuildConfigSpec, text: Text): void {
  const { git, contextDir, sourceSecret, dockerfile } = source ?? {};
  if (git) {
    text.field('URL', git.uri);
    if (git.ref) text.field('Ref', git.ref);
    if (contextDir) text.field('ContextDir', contextDir);
    if (sourceSecret) text.field('Source Secret', sourceSecret.name ?? '');
    const { commit, message, author } = revision?.git ?? {};
    if (commit) text.field('Commit', `${commit.slice(0, 7)} (${(message ?? '').split('\n')[0]})`);
    const committer = revision?.git?.committer?.name;
    const names = [...new Set([author?.name, committer].filter((one) => one))];
    if (names.length > 0) text.field('Author/Committer', names.join(' / '));
  }
  if (dockerfile) {
    text.line('Dockerfile:');
    for (const line of dockerfile.split('\n')) text.line(`  ${line}`);
  }
}

function strategyName({ strategy }: BuildSpec | BuildConfigSpec): string {
  const { type, dockerStrategy, sourceStrategy, customStrategy } = strategy ?? {};
  return (
    type || (dockerStrategy ? 'Docker' : sourceStrategy ? 'Source' : customStrategy ? 'Custom' : '')
  );
}

function writeStrategy({ strategy }: BuildSpec | BuildConfigSpec, text: Text): void {
  const { sourceStrategy, dockerStrategy } = strategy ?? {};
  const { from, pullSecret, forcePull } = sourceStrategy ?? dockerStrategy ?? {};
  if (from?.name) text.field('From Image', imageName(from));
  if (dockerStrategy?.dockerfilePath) text.field('Dockerfile Path', dockerStrategy.dockerfilePath);
  if (sourceStrategy?.scripts) text.field('Scripts', sourceStrategy.scripts);
  if (pullSecret) text.field('Pull Secret Name', pullSecret.name ?? '');
  if (dockerStrategy?.noCache) text.field('No Cache', 'true');
  if (sourceStrategy?.incremental) text.field('Incremental Build', 'yes');
  if (forcePull) text.field('Force Pull', 'yes');
  text.field('Volumes', '<none>');
}

/** writeCommonSpec adds what builds and build configs have in common. */
function writeCommonSpec(spec: BuildSpec | BuildConfigSpec, text: Text): void {
  text.line().field('Strategy', strategyName(spec));
  writeSource(spec, text);
  writeStrategy(spec, text);
  const { output, source, completionDeadlineSeconds } = spec;
  if (output?.to) text.field('Output to', imageName(output.to));
  if (source?.binary)
    text.field(
      'Binary',
      source.binary.asFile
        ? `provided as file ${JSON.stringify(source.binary.asFile)} on build`
        : 'provided on build',
    );
  if (!source?.git && !source?.binary && !source?.images?.length)
    text.field('Empty Source', 'no input source provided');
  if (output?.pushSecret) text.field('Push Secret', output.pushSecret.name ?? '');
  if (completionDeadlineSeconds)
    text.field('Fail Build After', goDuration(completionDeadlineSeconds * 1000));
}

/** buildDuration tells how long a build took, runs, or waits. */
function buildDuration({ status, metadata }: Build, now: Date): string {
  const at = (timestamp: string | undefined) => Date.parse(timestamp ?? '');
  const { startTimestamp, completionTimestamp, phase } = status ?? {};
  const created = at(metadata.creationTimestamp);
  if (!startTimestamp && completionTimestamp)
    return `waited for ${goDuration(at(completionTimestamp) - created)}`;
  if (!startTimestamp)
    return phase === 'Cancelled' ? '<none>' : `waiting for ${goDuration(now.getTime() - created)}`;
  if (!completionTimestamp) return `running for ${goDuration(now.getTime() - at(startTimestamp))}`;
  return goDuration(at(completionTimestamp) - at(startTimestamp));
}

/** describeBuild is what `describe build` prints. */
export function describeBuild(build: Build, events: readonly Event[], now: Date): string {
  const { status, spec, metadata } = build;
  const text = openshiftHead(build, now).line();
  text.field('Status', `${status?.phase ?? ''}${status?.message ? ` (${status.message})` : ''}`);
  if (status?.startTimestamp) text.field('Started', rfc1123(status.startTimestamp, false));
  text.field('Duration', buildDuration(build, now));
  for (const { name, durationMilliseconds = 0 } of status?.stages ?? [])
    text.line(`  ${name}:\t  ${goDuration(durationMilliseconds)}`);
  text.line();
  if (status?.config) text.field('Build Config', status.config.name ?? '');
  text.field(
    'Build Pod',
    metadata.annotations?.['openshift.io/build.pod-name'] ?? `${metadata.name}-build`,
  );
  const digest = status?.output?.to?.imageDigest;
  if (digest) text.field('Image Digest', digest);
  writeCommonSpec(spec ?? ({} as BuildSpec), text);
  const causes = spec?.triggeredBy ?? [];
  if (causes.length === 0) text.line().field('Build trigger cause', '<unknown>');
  for (const { message = '', imageChangeBuild } of causes) {
    text.line().field('Build trigger cause', message);
    if (imageChangeBuild?.imageID) text.field('Image ID', imageChangeBuild.imageID);
    if (imageChangeBuild?.fromRef)
      text.field(
        'Image Name/Kind',
        `${imageChangeBuild.fromRef.name} / ${imageChangeBuild.fromRef.kind}`,
      );
  }
  if (status?.logSnippet) text.field('Log Tail', ...status.logSnippet.split('\n'));
  writeEvents(events, now, text.line());
  return text.format();
}

const TRIGGER_NAMES: Readonly<Record<string, string>> = {
  ConfigChange: 'Config',
  ImageChange: 'ImageChange',
};

function writeTriggers({ metadata, spec }: BuildConfig, server: string, text: Text): void {
  const triggers = spec.triggers ?? [];
  const others = triggers.flatMap(({ type }) => TRIGGER_NAMES[type] ?? []);
  text.field('Triggered by', others.join(', ') || '<none>');
  const base = `${server}/apis/build.openshift.io/v1/namespaces/${metadata.namespace}/buildconfigs/${metadata.name}/webhooks/<secret>`;
  for (const type of ['GitHub', 'Generic', 'GitLab', 'Bitbucket']) {
    const found = triggers.filter((one) => one.type === type);
    if (found.length === 0) continue;
    text.line(`Webhook ${type}:`);
    for (const { generic } of found) {
      text.line(`\tURL:\t${base}/${type.toLowerCase()}`);
      if (type === 'Generic') text.line(`\tAllowEnv:\t${generic?.allowEnv === true}`);
    }
  }
}

/** describeBuildConfig is what `describe bc` prints. */
export function describeBuildConfig(
  config: BuildConfig,
  builds: readonly Build[],
  options: { readonly events: readonly Event[]; readonly now: Date; readonly server: string },
): string {
  const { spec, status } = config;
  const text = openshiftHead(config, options.now);
  text.field('Latest Version', status?.lastVersion ? status.lastVersion : 'Never built');
  writeCommonSpec(spec, text);
  text.line().field('Build Run Policy', spec.runPolicy ?? 'Serial');
  writeTriggers(config, options.server, text);
  if (
    spec.successfulBuildsHistoryLimit !== undefined ||
    spec.failedBuildsHistoryLimit !== undefined
  ) {
    text.line('Builds History Limit:');
    if (spec.successfulBuildsHistoryLimit !== undefined)
      text.line(`\tSuccessful:\t${spec.successfulBuildsHistoryLimit}`);
    if (spec.failedBuildsHistoryLimit !== undefined)
      text.line(`\tFailed:\t${spec.failedBuildsHistoryLimit}`);
  }
  if (builds.length > 0) {
    text.line().line('Build\tStatus\tDuration\tCreation Time');
    const created = ({ metadata }: Build) => metadata.creationTimestamp ?? '';
    for (const build of builds.toSorted((a, b) => (created(a) < created(b) ? 1 : -1)).slice(0, 10))
      text.line(
        `${build.metadata.name} \t${(build.status?.phase ?? '').toLowerCase()} \t${buildDuration(build, options.now)} \t${goTime(build.metadata.creationTimestamp)}`,
      );
  }
  writeEvents(options.events, options.now, text.line());
  return text.format();
}
