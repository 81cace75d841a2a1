import type { StageInfo } from '../apis/build.openshift.io/v1/types.ts';
import { timestampOf } from '../machinery/timestamp.ts';

/** StageName is a phase of a build as `status.stages` names it. */
export type StageName =
  | 'FetchInputs'
  | 'PullImages'
  | 'Build'
  | 'Assemble'
  | 'CommitContainer'
  | 'PostCommit'
  | 'PushImage';

/** StepName is a part of a stage. */
export type StepName =
  | 'FetchGitSource'
  | 'PullBaseImage'
  | 'PullPreviousImage'
  | 'PullInputImage'
  | 'DockerBuild'
  | 'AssembleBuildScripts'
  | 'CommitContainer'
  | 'RunPostCommitHook'
  | 'PushImage';

/** BuildStages records what a build spent its time on. */
export interface BuildStages {
  /** measure runs a step and records it, also when it fails. */
  measure<T>(stage: StageName, step: StepName, work: () => Promise<T>): Promise<T>;
  list(): StageInfo[];
}

/** newBuildStages begins an empty record; `now` is the clock in milliseconds. */
export function newBuildStages(now: () => number = Date.now): BuildStages {
  const stages: StageInfo[] = [];
  function record(stage: StageName, step: StepName, began: number): void {
    const durationMilliseconds = now() - began;
    const startTime = timestampOf(new Date(began));
    let entry = stages.find(({ name }) => name === stage);
    if (entry === undefined) {
      entry = { name: stage, startTime, durationMilliseconds: 0, steps: [] };
      stages.push(entry);
    }
    entry.steps?.push({ name: step, startTime, durationMilliseconds });
    entry.durationMilliseconds = (entry.durationMilliseconds ?? 0) + durationMilliseconds;
  }
  return {
    async measure(stage, step, work) {
      const began = now();
      try {
        return await work();
      } finally {
        record(stage, step, began);
      }
    },
    list: () => structuredClone(stages),
  };
}
