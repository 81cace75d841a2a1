import { randomBytes } from 'node:crypto';
import type { EnvVar } from '../apis/core/v1/types.ts';
import { IMAGE_STREAMS } from '../apis/resource-types.ts';
import type { Client } from '../client/client.ts';
import type { KubeObject } from '../machinery/object.ts';
import { isNotFound } from '../machinery/status-error.ts';
import { sortArguments } from './arguments.ts';
import { type BuildSettings, buildConfigOf } from './generate/build-config.ts';
import { type DeploymentSettings, deploymentFor, serviceFor } from './generate/deployment.ts';
import { describePipeline } from './generate/describe.ts';
import { inputStreamOf, inputTagOf, outputStreamOf } from './generate/image-stream.ts';
import { namePipelines, type Pipeline } from './generate/pipeline.ts';
import { searchRegistry } from './image/registry-search.ts';
import { StreamSearch } from './image/stream-search.ts';
import { NewAppError } from './new-app-error.ts';
import type { NewAppOptions } from './options.ts';
import { resolve } from './resolve.ts';
import type { SourceProbe } from './source/source-probe.ts';

/** NewAppDeps are what planning an application needs. */
export interface NewAppDeps {
  readonly client: Client;
  readonly probe: SourceProbe;
  /** The time, for the ages of images. Default: now. */
  readonly now?: Date;
  /** A fresh webhook secret of 20 characters. Default: random. */
  readonly newSecret?: () => string;
}

/** AppPlan is an application that could be created. */
export interface AppPlan {
  readonly name: string;
  /** In the order in which they are to be created. */
  readonly objects: readonly KubeObject[];
  /** What `new-app` prints about the components. */
  readonly description: string;
  readonly warnings: readonly string[];
}

/** parseVariables reads `K=V` texts; the last value of a name wins. Throws NewAppError. */
export function parseVariables(texts: readonly string[], kind: string): EnvVar[] {
  const variables = new Map<string, string>();
  for (const text of texts) {
    const [, name, value = ''] = /^([^=]+)=(.*)$/s.exec(text) ?? [];
    if (name === undefined) throw new NewAppError(`invalid ${kind}: ${text}`);
    variables.set(name, value);
  }
  return [...variables].map(([name, value]) => ({ name, value }));
}

async function streamExists(client: Client, namespace: string, name: string): Promise<boolean> {
  try {
    await client.get(IMAGE_STREAMS, { namespace, name });
    return true;
  } catch (error) {
    if (isNotFound(error)) return false;
    throw error;
  }
}

const defined = <T>(value: T | undefined): value is T => value !== undefined;

function groupsOf(pipelines: readonly Pipeline[]): Pipeline[][] {
  const groups = new Map<number, Pipeline[]>();
  for (const pipeline of pipelines) {
    const { group } = pipeline.component;
    groups.set(group, [...(groups.get(group) ?? []), pipeline]);
  }
  return [...groups.values()];
}

class Planner {
  private readonly options: NewAppOptions;
  private readonly deps: NewAppDeps;
  private readonly warnings: string[] = [];

  constructor(options: NewAppOptions, deps: NewAppDeps) {
    this.options = options;
    this.deps = deps;
  }

  async plan(): Promise<AppPlan> {
    const { options, deps } = this;
    const { client, probe } = deps;
    const { namespace } = options;
    const sorted = await sortArguments(options, probe);
    const finder = {
      streams: new StreamSearch({
        client,
        namespace,
        allowMissingTags: options.allowMissingImageStreamTags,
      }),
      searchRegistry: (input: string) =>
        searchRegistry(input, { client, namespace, insecure: options.insecureRegistry }),
    };
    const warn = (text: string) => this.warnings.push(text);
    const components = await resolve(sorted, options, { finder, probe, warn });
    if (components.length === 0) throw new NewAppError(this.noInput());
    const pipelines = namePipelines(components, options);
    const objects = await this.objects(pipelines, [...options.env, ...sorted.env]);
    const name = options.name || (pipelines[0]?.name ?? '');
    this.label(objects, name);
    return { name, objects, description: this.describe(pipelines), warnings: this.warnings };
  }

  private noInput(): string {
    const { buildOnly, program } = this.options;
    const command = buildOnly ? 'new-build' : 'new-app';
    return buildOnly
      ? `You must specify one or more images, image streams, or source code locations to create a build.\nSee '${program} ${command} -h' for help and examples`
      : `You must specify one or more images, image streams, templates, or source code locations to create an application.

To list all local templates and image streams, use:

  ${program} new-app -L

To search templates, image streams, and container images that match the arguments provided, use:

  ${program} new-app -S php
  ${program} new-app -S --template=rails
  ${program} new-app -S --image-stream=mysql
  ${program} new-app -S --image=registry.access.redhat.com/ubi8/python-38

For details on how to use the results from those searches to provide images, image streams, templates, or source code locations as inputs into '${program} new-app', use:

  ${program} help new-app


See '${program} ${command} -h' for help and examples`;
  }

  private async objects(pipelines: readonly Pipeline[], env: readonly string[]) {
    const { options } = this;
    const variables = parseVariables(env, 'environment variable');
    const build: BuildSettings = {
      env: options.buildOnly ? variables : parseVariables(options.buildEnv, 'environment variable'),
      buildArgs: parseVariables(options.buildArgs, 'build argument'),
      newSecret: this.deps.newSecret ?? (() => randomBytes(15).toString('base64url')),
    };
    const objects: KubeObject[] = [];
    for (const pipeline of pipelines) {
      await this.addStreams(pipeline, objects);
      objects.push(...[buildConfigOf(pipeline, build)].filter(defined));
    }
    if (options.buildOnly) return objects;
    const { labels, asDeploymentConfig } = options;
    const settings: DeploymentSettings = { env: variables, labels, asDeploymentConfig };
    const groups = groupsOf(pipelines);
    objects.push(...groups.map((group) => deploymentFor(group, settings)).filter(defined));
    objects.push(...groups.map((group) => serviceFor(group, settings)).filter(defined));
    return objects;
  }

  private async addStreams(pipeline: Pipeline, objects: KubeObject[]): Promise<void> {
    const { client } = this.deps;
    const { namespace } = this.options;
    const known = (name: string | undefined) =>
      objects.some((one) => one.kind === 'ImageStream' && one.metadata.name === name);
    const input = inputStreamOf(pipeline);
    const inputName = input?.metadata.name ?? '';
    const tag = inputTagOf(pipeline);
    if (input && tag) {
      const exists = known(inputName) || (await streamExists(client, namespace, inputName));
      objects.push(exists ? tag : input);
    }
    const output = outputStreamOf(pipeline);
    const outputName = output?.metadata.name ?? '';
    if (!output || known(outputName)) return;
    if (!(await streamExists(client, namespace, outputName))) objects.push(output);
  }

  private label(objects: readonly KubeObject[], name: string): void {
    const { labels, imageStreams, buildOnly } = this.options;
    const [stream = ''] = imageStreams;
    const streamName = stream.split('/').at(-1)?.split(':')[0];
    const own = {
      app: name,
      'app.kubernetes.io/component': name,
      'app.kubernetes.io/instance': name,
      ...(streamName ? { 'app.kubernetes.io/name': streamName } : {}),
    };
    const buildLabels = { build: name };
    const implicit = buildOnly ? buildLabels : own;
    const given = Object.keys(labels).some((key) => key in implicit);
    const generated = {
      'openshift.io/generated-by': buildOnly ? 'OpenShiftNewBuild' : 'OpenShiftNewApp',
    };
    for (const object of objects) {
      const { metadata } = object;
      metadata.labels = { ...metadata.labels, ...labels, ...(given ? {} : implicit) };
      metadata.annotations = { ...metadata.annotations, ...generated };
      const { template } = (object as { spec?: { template?: KubeObject } }).spec ?? {};
      if (template)
        template.metadata.annotations = { ...template.metadata.annotations, ...generated };
    }
  }

  private describe(pipelines: readonly Pipeline[]): string {
    const { program, buildOnly, asDeploymentConfig } = this.options;
    const now = this.deps.now ?? new Date();
    return groupsOf(pipelines)
      .flatMap((group) =>
        group.map((pipeline) =>
          describePipeline(pipeline, {
            program,
            now,
            deploymentConfig: buildOnly || !asDeploymentConfig ? undefined : group[0]?.name,
            isShared: group.length > 1,
          }),
        ),
      )
      .join('');
  }
}

/**
 * planNewApp turns what the user asked for into objects and their description, and creates nothing.
 * Throws NewAppError with a complete message, and StatusError when the server refuses a question.
 */
export function planNewApp(options: NewAppOptions, deps: NewAppDeps): Promise<AppPlan> {
  return new Planner(options, deps).plan();
}
