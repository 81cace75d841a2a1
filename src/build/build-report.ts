import { setTimeout as sleep } from 'node:timers/promises';
import type { Build } from '../apis/build.openshift.io/v1/types.ts';
import { BUILDS } from '../apis/resource-types.ts';
import type { Client } from '../client/client.ts';
import { isNotFound, StatusError } from '../machinery/status-error.ts';
import type { BuildReport } from './build-session.ts';
import type { BuildStages } from './build-stages.ts';

const PAUSE_MS = 1000;
const PATIENCE_MS = 180_000;

function applied(current: Build, report: BuildReport, stages: BuildStages): Build {
  const build = structuredClone(current);
  const { revision, imageDigest, reason, message, logSnippet } = report;
  build.status = { ...build.status, phase: build.status?.phase ?? 'Running' };
  build.status.stages = stages.list();
  if (reason !== undefined) {
    build.status.reason = reason;
    // A pod that failed says only that; who made the build wait wants to know why, and first.
    build.status.phase = 'Failed';
  }
  if (message !== undefined) build.status.message = message;
  if (logSnippet !== undefined) build.status.logSnippet = logSnippet;
  if (imageDigest !== undefined) build.status.output = { to: { imageDigest } };
  if (revision !== undefined && build.spec) build.spec.revision = revision;
  return build;
}

function mayPass(error: unknown): boolean {
  // Anything but an answer of the server is a connection that may come back.
  if (!(error instanceof StatusError)) return true;
  return error.reason === 'Conflict' || error.code === 429 || error.code >= 500;
}

/**
 * newBuildReporter answers a function that writes a build's progress to `builds/details`. It waits
 * for an API server that is away, gives up after some minutes, and lets go of a build that was
 * deleted.
 */
export function newBuildReporter(client: Client, build: Build, stages: BuildStages) {
  const { namespace, name = '' } = build.metadata;
  return async (report: BuildReport): Promise<void> => {
    const deadline = Date.now() + PATIENCE_MS;
    for (;;) {
      try {
        const current = await client.get(BUILDS, { namespace, name });
        await client.update(BUILDS, applied(current, report, stages), { subresource: 'details' });
        return;
      } catch (error) {
        if (isNotFound(error)) return;
        if (!mayPass(error) || Date.now() > deadline) throw error;
        await sleep(PAUSE_MS);
      }
    }
  };
}
