import type { ComponentRequest, SortedArguments } from './arguments.ts';
import type { Component, Source } from './component.ts';
import { findBaseImage, findBuilder, findImage, type ImageFinder } from './image/find-image.ts';
import { type ImageMatch, isBuilder } from './image/image-match.ts';
import { NewAppError } from './new-app-error.ts';
import type { NewAppOptions, Strategy } from './options.ts';
import { lastBaseImage } from './source/dockerfile.ts';
import { inspectSource } from './source/inspect-source.ts';
import type { SourceProbe } from './source/source-probe.ts';

/** ResolveDeps are what resolving looks things up with. */
export interface ResolveDeps {
  readonly finder: ImageFinder;
  readonly probe: SourceProbe;
  warn(text: string): void;
}

interface Named {
  readonly request: ComponentRequest;
  readonly image: ImageMatch;
  readonly source: Source | undefined;
}

class Resolver {
  private readonly options: NewAppOptions;
  private readonly deps: ResolveDeps;
  private lastGroup = 0;

  constructor(options: NewAppOptions, deps: ResolveDeps) {
    this.options = options;
    this.deps = deps;
  }

  private inspect(text: string, detect: boolean): Promise<Source> {
    const { contextDir } = this.options;
    const { probe, warn } = this.deps;
    return inspectSource(text, probe, { contextDir, detect, warn });
  }

  async resolve({ components, code }: SortedArguments): Promise<Component[]> {
    const sources: Source[] = [];
    for (const text of code) sources.push(await this.inspect(text, true));
    const named: Named[] = [];
    for (const request of components) named.push(await this.named(request));
    this.lastGroup = Math.max(0, ...components.map(({ group }) => group));
    const waiting = named.filter((one) => !one.source && this.expectsBuild(one.image));
    const shared = this.pair(waiting, sources);
    const result = named.map((one) =>
      this.component(one, waiting.includes(one) ? shared : undefined),
    );
    for (const source of shared ? [] : sources) result.push(await this.detected(source));
    if (this.options.dockerfile !== '') result.push(await this.fromDockerfile());
    return result;
  }

  private async named(request: ComponentRequest): Promise<Named> {
    const { image, code } = request;
    const match = await findImage(
      image ?? { text: '', where: 'anywhere' },
      this.deps.finder,
      this.options,
    );
    const needsFiles = this.options.strategy === 'docker';
    const source = code === undefined ? undefined : await this.inspect(code, needsFiles);
    return { request, image: match, source };
  }

  private expectsBuild(image: ImageMatch): boolean {
    const { buildOnly, strategy, dockerfile } = this.options;
    if (dockerfile !== '') return false;
    return buildOnly || (isBuilder(image) && strategy !== 'docker');
  }

  /** pair answers the source that all waiting components are built from. */
  private pair(waiting: readonly Named[], sources: readonly Source[]): Source | undefined {
    if (waiting.length === 0) return undefined;
    const names = waiting.map(({ image }) => image.input);
    const [only, ...others] = sources;
    if (others.length > 0) {
      if (names.length === 1)
        throw new NewAppError(
          `there are multiple code locations provided - use one of the following suggestions to declare which code goes with the image:\n${sources.map(({ location }) => `${names[0]}~${location.text}\n`).join('')}`,
        );
      throw new NewAppError(
        `the following images require source code: ${names.join(', ')}\n and the following repositories are not used: ${sources.map(({ location }) => location.text).join(', ')}\nUse '[image]~[repo]' to declare which code goes with which image`,
      );
    }
    if (!only && this.options.buildOnly && !this.options.binary)
      throw new NewAppError(
        'you must specify at least one source repository URL, provide a Dockerfile, or indicate you wish to use binary builds',
      );
    return only;
  }

  private component({ request, image, source }: Named, shared: Source | undefined): Component {
    const { group } = request;
    const used = source ?? shared;
    if (!used) {
      if (!this.options.binary) return { image, build: undefined, group };
      const strategy = this.options.strategy ?? (isBuilder(image) ? 'source' : 'docker');
      return { image, build: { input: { kind: 'binary' }, strategy }, group };
    }
    const strategy: Strategy = this.options.strategy ?? 'source';
    if (this.options.strategy === undefined && !isBuilder(image))
      throw new NewAppError(
        `the image match ${JSON.stringify(imageName(image))} for source repository ${JSON.stringify(used.location.text)} does not appear to be a source-to-image builder.\n\n- to attempt to use this image as a source builder, pass "--strategy=source"\n- to use it as a base image for a Docker build, pass "--strategy=docker"`,
      );
    if (strategy === 'docker') this.requireDockerfile(used);
    return { image, build: { input: { kind: 'source', source: used }, strategy }, group };
  }

  private requireDockerfile(source: Source): void {
    if (source.dockerfile === undefined && !source.needsAuthentication)
      throw new NewAppError(
        "No Dockerfile was found in the repository and the requested build strategy is 'docker'",
      );
  }

  private nextGroup(): number {
    this.lastGroup += 1;
    return this.lastGroup;
  }

  /** detected finds the builder for code that came without an image. */
  private async detected(source: Source): Promise<Component> {
    const group = this.nextGroup();
    const { strategy } = this.options;
    const { text } = source.location;
    if (strategy === 'docker') this.requireDockerfile(source);
    if (source.dockerfile !== undefined && strategy !== 'source') {
      const base = lastBaseImage(source.dockerfile);
      if (base === '')
        throw new NewAppError(
          `the Dockerfile in the repository ${JSON.stringify(text)} has no FROM instruction`,
        );
      const image = await findBaseImage(base, this.deps.finder);
      const input = { kind: 'source', source, dockerfile: source.dockerfile } as const;
      return { image, build: { input, strategy: 'docker' }, group };
    }
    const [language] = source.languages;
    if (language === undefined)
      throw new NewAppError(
        source.needsAuthentication
          ? `the repository ${JSON.stringify(text)} requires authentication, so its language cannot be found out; please specify a builder image: [builder-image]~${text}`
          : `no language was detected for repository at ${JSON.stringify(text)}; please specify a builder image to use with your repository: [builder-image]~${text}`,
      );
    const image = await findBuilder(language, this.deps.finder, this.options);
    return { image, build: { input: { kind: 'source', source }, strategy: 'source' }, group };
  }

  private async fromDockerfile(): Promise<Component> {
    const { dockerfile, strategy } = this.options;
    if (strategy === 'source')
      throw new NewAppError(
        "when directly referencing a Dockerfile, the strategy must must be 'docker'",
      );
    const base = lastBaseImage(dockerfile);
    if (base === '')
      throw new NewAppError('provided Dockerfile is not valid: it has no FROM instruction');
    const image = await findBaseImage(base, this.deps.finder);
    const input = { kind: 'dockerfile', dockerfile } as const;
    return { image, build: { input, strategy: 'docker' }, group: this.nextGroup() };
  }
}

/** imageName is how messages name a match. */
function imageName(image: ImageMatch): string {
  return image.kind === 'stream' ? `${image.namespace}/${image.name}:${image.tag}` : image.input;
}

/**
 * resolve turns sorted arguments into components: finds every image, looks at every source, and
 * gives builders their code and code its builder. Throws NewAppError.
 */
export function resolve(
  sorted: SortedArguments,
  options: NewAppOptions,
  deps: ResolveDeps,
): Promise<Component[]> {
  return new Resolver(options, deps).resolve(sorted);
}
