import {
  BUILD_CONFIG_NAME,
  BUILD_CONFIG_SHORT,
  BUILD_NUMBER,
  BUILD_RUN_POLICY,
  derivedName,
} from '../../../apis/build.openshift.io/v1/names.ts';
import type {
  BinaryBuildSource,
  Build,
  BuildConfig,
  BuildRequest,
  BuildSpec,
} from '../../../apis/build.openshift.io/v1/types.ts';
import type { ObjectReference } from '../../../apis/core/v1/types.ts';
import type { Client } from '../../../client/client.ts';
import { triggerStatusFor } from './image-triggers.ts';
import { resolveImage } from './resolve-image.ts';

const BUILDER_ACCOUNT = 'builder';
const LABEL_LENGTH_MAX = 63;

/** nextBuildName counts a config's version up and answers the name of the build with that number. */
export function nextBuildName(draft: BuildConfig): string {
  const version = (draft.status?.lastVersion ?? 0) + 1;
  draft.status = { ...draft.status, lastVersion: version };
  return derivedName(draft.metadata.name ?? '', String(version));
}

function labelValue(name: string): string {
  return name.length <= LABEL_LENGTH_MAX ? name : name.slice(0, LABEL_LENGTH_MAX);
}

function specOf(config: BuildConfig, request: BuildRequest): BuildSpec {
  const {
    runPolicy: _policy,
    triggers: _triggers,
    successfulBuildsHistoryLimit: _successful,
    failedBuildsHistoryLimit: _failed,
    revision: _revision,
    ...common
  } = structuredClone(config.spec);
  return {
    ...common,
    serviceAccount: common.serviceAccount || BUILDER_ACCOUNT,
    ...(request.revision ? { revision: request.revision } : {}),
  };
}

/** setBinary makes a build take its source from an upload, or not wait for one that never comes. */
function setBinary(spec: BuildSpec, binary: BinaryBuildSource | undefined): void {
  spec.source ??= {};
  if (binary) {
    delete spec.source.git;
    spec.source.binary = binary;
    spec.source.type = 'Binary';
    if (binary.asFile === 'Dockerfile' && spec.strategy.dockerStrategy) {
      delete spec.source.dockerfile;
    }
    return;
  }
  delete spec.source.binary;
  if (spec.source.type === 'Binary') delete spec.source.type;
}

async function resolvedReference(
  client: Client,
  config: BuildConfig,
  reference: ObjectReference,
): Promise<ObjectReference> {
  const recorded = triggerStatusFor(config, reference)?.lastTriggeredImageID;
  const isTag = reference.kind === 'ImageStreamTag';
  const name =
    isTag && recorded
      ? recorded
      : await resolveImage(client, reference, config.metadata.namespace ?? '');
  return { kind: 'DockerImage', name };
}

async function resolveImages(client: Client, config: BuildConfig, spec: BuildSpec): Promise<void> {
  for (const image of spec.source?.images ?? []) {
    image.from = await resolvedReference(client, config, image.from);
  }
  const { sourceStrategy, dockerStrategy, customStrategy } = spec.strategy;
  for (const strategy of [sourceStrategy, dockerStrategy, customStrategy]) {
    if (strategy?.from) strategy.from = await resolvedReference(client, config, strategy.from);
  }
}

/**
 * newBuild makes the next build of a config, whose version it counts up in the draft: its spec with
 * every image resolved to a pull specification, labels and annotations that lead back to the config.
 */
export async function newBuild(
  client: Client,
  draft: BuildConfig,
  request: BuildRequest,
): Promise<Build> {
  const name = nextBuildName(draft);
  const spec = specOf(draft, request);
  setBinary(spec, request.binary);
  await resolveImages(client, draft, spec);
  const config = draft.metadata.name ?? '';
  const namespace = draft.metadata.namespace ?? '';
  const owner = {
    apiVersion: 'build.openshift.io/v1',
    kind: 'BuildConfig',
    name: config,
    uid: draft.metadata.uid ?? '',
    controller: true,
  };
  return {
    apiVersion: 'build.openshift.io/v1',
    kind: 'Build',
    metadata: {
      name,
      namespace,
      labels: {
        ...draft.metadata.labels,
        [BUILD_CONFIG_SHORT]: labelValue(config),
        [BUILD_CONFIG_NAME]: labelValue(config),
        [BUILD_RUN_POLICY]: draft.spec.runPolicy ?? 'Serial',
      },
      annotations: {
        [BUILD_CONFIG_NAME]: config,
        [BUILD_NUMBER]: String(draft.status?.lastVersion ?? 0),
      },
      ownerReferences: [owner],
    },
    spec,
    status: { phase: 'New', config: { kind: 'BuildConfig', name: config, namespace } },
  };
}
