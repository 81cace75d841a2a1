import type { Build, BuildConfig, SourceRevision } from '../../apis/build.openshift.io/v1/types.ts';
import type { ObjectReference } from '../../apis/core/v1/types.ts';
import { relativeDuration } from '../../machinery/relative-time.ts';
import type { ProjectState } from './project-state.ts';

/** ago is a time in lower case without `ago`, such as `3 seconds`. */
export function ago(timestamp: string | undefined, now: Date): string {
  if (!timestamp) return '<unknown>';
  return relativeDuration(now.getTime() - Date.parse(timestamp)).toLowerCase();
}

/** imageText names an image as status does: `istag/NAME:TAG`, with another project `NS/NAME:TAG`. */
export function imageText(reference: ObjectReference, namespace: string): string {
  const { kind, name = '' } = reference;
  if (kind !== 'ImageStreamTag') return name;
  const other = reference.namespace && reference.namespace !== namespace;
  return other ? `${reference.namespace}/${name}` : `istag/${name}`;
}

/** sameTag tells whether two references mean the same image stream tag. */
export function sameTag(
  a: ObjectReference | undefined,
  b: ObjectReference | undefined,
  namespace: string,
): boolean {
  return (
    a?.kind === 'ImageStreamTag' &&
    b?.kind === 'ImageStreamTag' &&
    a.name === b.name &&
    (a.namespace || namespace) === (b.namespace || namespace)
  );
}

function sourceText({ spec }: BuildConfig): string | undefined {
  const { git, dockerfile, binary, images } = spec.source ?? {};
  if (git) return git.ref ? `${git.uri}#${git.ref}` : git.uri;
  if (dockerfile !== undefined) return 'Dockerfile';
  if (binary) return 'uploaded code';
  return images?.length ? 'contents in other images' : undefined;
}

/** describeBuildConfig is `bc/NAME source builds URL on IMAGE`. */
export function describeBuildConfig(
  config: BuildConfig,
  all: readonly BuildConfig[],
  namespace: string,
): string {
  const { sourceStrategy, dockerStrategy, customStrategy } = config.spec.strategy ?? {};
  const name = `bc/${config.metadata.name}`;
  const strategy = sourceStrategy ?? dockerStrategy ?? customStrategy;
  if (!strategy) return `${name} unrecognized build`;
  const type = sourceStrategy ? 'source' : dockerStrategy ? 'docker' : 'custom';
  const source = sourceText(config);
  if (source === undefined) return `${name} unconfigured ${type} build`;
  const { from } = strategy;
  const base = from ? ` on ${imageText(from, namespace)}` : '';
  const makers = all
    .filter((other) => sameTag(other.spec.output?.to, from, namespace))
    .map((other) => `bc/${other.metadata.name}`);
  return `${name} ${type} builds ${source}${base}${makers.length > 0 ? ` (from ${makers.join(', ')})` : ''}`;
}

function revisionText(revision: SourceRevision | undefined): string {
  const { git } = revision ?? {};
  if (!git) return '';
  const users = [git.author, git.committer].map((user) =>
    user?.name && user.email ? `${user.name} <${user.email}>` : (user?.name ?? user?.email ?? ''),
  );
  const author = users.find((one) => one !== '');
  const message = (git.message ?? '').split('\n')[0];
  return ` - ${(git.commit ?? '').slice(0, 7)}: ${message}${author ? ` (${author})` : ''}`;
}

/** buildTime is when a build ended, started or was made. */
function buildTime({ status, metadata }: Build): string {
  return status?.completionTimestamp ?? status?.startTimestamp ?? metadata.creationTimestamp ?? '';
}

interface PhaseOptions {
  readonly now: Date;
  readonly parent: string;
  readonly canPush: boolean;
}

function phaseLine(build: Build, { now, parent, canPush }: PhaseOptions): string {
  const name = build.metadata.name ?? '';
  const number = name.startsWith(`${parent}-`) ? name.slice(parent.length + 1) : '';
  const id = /^\d+$/.test(number) ? `build #${number}` : `build/${name}`;
  const time = ago(buildTime(build), now);
  const failure = build.spec?.output?.to && !canPush ? " (can't push to image)" : '';
  const tail = `${revisionText(build.spec?.revision)}${failure}`;
  switch (build.status?.phase) {
    case 'Complete':
      return `${id} succeeded ${time} ago${tail}`;
    case 'Error':
      return `${id} stopped with an error ${time} ago${tail}`;
    case 'Failed':
      return `${id} failed ${time} ago${tail}`;
    default:
      return `${id} ${(build.status?.phase ?? 'New').toLowerCase()} for ${time}${tail}`;
  }
}

const ACTIVE = new Set(['New', 'Pending', 'Running']);
const FAILED = new Set(['Failed', 'Error', 'Cancelled']);

/** buildsOf are the builds of a BuildConfig, the newest first. */
function buildsOf(name: string, builds: readonly Build[]): Build[] {
  const number = ({ metadata }: Build) =>
    Number(metadata.annotations?.['openshift.io/build.number'] ?? 0);
  return builds
    .filter((one) => one.status?.config?.name === name || one.metadata.labels?.buildconfig === name)
    .sort((a, b) => number(b) - number(a));
}

/** BuildDetailOptions say what of the builds is shown. */
export interface BuildDetailOptions {
  readonly now: Date;
  /** Show the last success too, although nothing is running. */
  readonly withSuccess: boolean;
}

/** describeBuilds are the lines about the builds of a BuildConfig. */
export function describeBuilds(
  config: BuildConfig,
  state: ProjectState,
  { now, withSuccess }: BuildDetailOptions,
): string[] {
  const parent = config.metadata.name ?? '';
  const builds = buildsOf(parent, state.builds);
  const phase = (one: Build) => one.status?.phase ?? 'New';
  const active = builds.filter((one) => ACTIVE.has(phase(one)));
  const passed = builds.find((one) => phase(one) === 'Complete');
  const failed = builds.find((one) => FAILED.has(phase(one)));
  const { to } = config.spec.output ?? {};
  const [streamName] = (to?.name ?? '').split(':');
  const stream = state.imageStreams.find(({ metadata }) => metadata.name === streamName);
  const canPush = to?.kind !== 'ImageStreamTag' || Boolean(stream?.status?.dockerImageRepository);
  const line = (one: Build) => phaseLine(one, { now, parent, canPush });
  const failedLater = failed && (!passed || buildTime(failed) > buildTime(passed));
  const shown =
    withSuccess || active.length > 0
      ? failedLater
        ? [failed, passed]
        : [passed, failed]
      : failedLater
        ? [failed]
        : [];
  const ended = shown.filter((one) => one !== undefined);
  const [first] = active;
  const lastEnd = ended.map(buildTime).sort().at(-1) ?? '';
  const lines =
    first && buildTime(first) < lastEnd
      ? [...ended.map(line), ...active.map(line)]
      : [...active.map(line), ...ended.map(line)];
  return lines.length === 0 && !passed ? ['not built yet'] : lines;
}
