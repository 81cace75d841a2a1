import {
  BUILD_POD_NAME,
  type BuildPhase,
  isBuildComplete,
  phaseOf,
} from '../../../apis/build.openshift.io/v1/names.ts';
import type { Build } from '../../../apis/build.openshift.io/v1/types.ts';
import type { LocalObjectReference, Pod } from '../../../apis/core/v1/types.ts';
import { timestampOf } from '../../../machinery/timestamp.ts';

/** BuildUpdate is what the controller wants to change about a build; absent fields stay. */
export interface BuildUpdate {
  readonly phase?: BuildPhase;
  readonly reason?: string;
  readonly message?: string;
  readonly podName?: string;
  readonly outputReference?: string;
  readonly pushSecret?: LocalObjectReference;
  readonly startTime?: string;
}

const SNIPPET_LINES = 5;
const SNIPPET_WIDTH = 120;
const NANOS_PER_MS = 1_000_000;

/** transition moves a build to a phase; reason and message that it had before go. */
export function transition(phase: BuildPhase, reason = '', message = ''): BuildUpdate {
  return { phase, reason, message };
}

/** snippetOf shortens a container's last words to what `status.logSnippet` holds. */
function snippetOf(text: string): string {
  const lines = text.replace(/\n+$/, '').split('\n').slice(-SNIPPET_LINES);
  return lines
    .map((line) =>
      line.length > SNIPPET_WIDTH ? `${line.slice(0, 58)}...${line.slice(-59)}` : line,
    )
    .join('\n');
}

function lastWords(pod: Pod | undefined): string {
  const statuses = [
    ...(pod?.status?.containerStatuses ?? []),
    ...(pod?.status?.initContainerStatuses ?? []),
  ];
  const failed = statuses.find(({ state }) => (state?.terminated?.exitCode ?? 0) !== 0);
  return failed?.state?.terminated?.message ?? '';
}

function wholeSeconds(timestamp: string): number {
  return Math.trunc(Date.parse(timestamp) / 1000) * 1000;
}

/** complete sets what every ended build has: start, completion, duration, the tail of a bad log. */
function complete(draft: Build, pod: Pod | undefined, now: Date): void {
  const { status } = draft;
  if (status === undefined) return;
  const end = timestampOf(now);
  status.startTimestamp ??= pod?.status?.startTime ?? end;
  if (status.completionTimestamp === undefined) {
    status.completionTimestamp = end;
    status.duration = (wholeSeconds(end) - wholeSeconds(status.startTimestamp)) * NANOS_PER_MS;
  }
  const bad = status.phase === 'Failed' || status.phase === 'Error';
  const words = bad && !status.logSnippet ? snippetOf(lastWords(pod)) : '';
  if (words !== '') status.logSnippet = words;
}

function setOrDrop<K extends 'reason' | 'message'>(
  status: NonNullable<Build['status']>,
  key: K,
  value: string | undefined,
): void {
  if (value === undefined) return;
  if (value === '') delete status[key];
  else status[key] = value;
}

/** applyUpdate answers a build with an update made; one that ends, or had ended, is completed. */
export function applyUpdate(
  build: Build,
  update: BuildUpdate,
  { pod, now }: { readonly pod: Pod | undefined; readonly now: Date },
): Build {
  const draft = structuredClone(build);
  draft.status = { ...draft.status, phase: update.phase ?? phaseOf(build) };
  const { status } = draft;
  setOrDrop(status, 'reason', update.reason);
  setOrDrop(status, 'message', update.message);
  if (update.startTime) status.startTimestamp ??= update.startTime;
  if (update.outputReference) status.outputDockerImageReference = update.outputReference;
  const podName = update.podName ?? pod?.metadata.name;
  if (podName) {
    draft.metadata.annotations = { [BUILD_POD_NAME]: podName, ...draft.metadata.annotations };
  }
  if (update.pushSecret && draft.spec) {
    draft.spec.output = { ...draft.spec.output, pushSecret: update.pushSecret };
  }
  if (isBuildComplete(draft)) complete(draft, pod, now);
  return draft;
}
