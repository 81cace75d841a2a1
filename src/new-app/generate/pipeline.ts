import { tryParseImageReference } from '../../machinery/image-reference.ts';
import type { Component } from '../component.ts';
import { type ImageInfo, sortPorts } from '../image/image-info.ts';
import { NewAppError } from '../new-app-error.ts';
import type { NewAppOptions } from '../options.ts';
import { exposedPorts } from '../source/dockerfile.ts';
import { nameFromUrl } from '../source/git-url.ts';

/** Pipeline is a component with its names: what will be created for it. */
export interface Pipeline {
  readonly component: Component;
  readonly name: string;
  /** The image stream that will track the component's image; undefined when it exists or is not needed. */
  readonly newStream: { readonly name: string; readonly tag: string } | undefined;
  /** Where a build pushes to; undefined without a build, or with `--no-output`. */
  readonly output:
    | { readonly kind: 'ImageStreamTag' | 'DockerImage'; readonly name: string }
    | undefined;
  /** What is known about the image that runs in the end. */
  readonly info: ImageInfo | undefined;
}

function validName(name: string): string {
  return name
    .toLowerCase()
    .replace(/[^-a-z0-9]/g, '')
    .replace(/^-+|-+$/g, '')
    .slice(0, 63);
}

function imageBaseName({ image }: Component): string {
  if (!image) return '';
  return image.kind === 'stream' ? image.name : image.reference.name.replace(/[^a-z0-9.-]/g, '-');
}

function suggestedName(component: Component, options: NewAppOptions): string {
  const input = component.build?.input;
  if (input?.kind === 'source') {
    const { location, repository } = input.source;
    const fromUrl = nameFromUrl(repository?.remoteUrl || location.url);
    if (fromUrl !== '') return fromUrl;
  }
  if (component.build && options.to !== '') return tryParseImageReference(options.to)?.name ?? '';
  return imageBaseName(component);
}

function checkName(name: string): void {
  if (/^[a-z]([-a-z0-9]*[a-z0-9])?$/.test(name) && name.length <= 58) return;
  throw new NewAppError(
    `invalid name: ${name}. Must be an a lower case alphanumeric (a-z, and 0-9) string with a maximum length of 58 characters, where the first character is a letter (a-z), and the '-' character is allowed anywhere except the first or last character.`,
  );
}

function infoOf({ image, build }: Component): ImageInfo | undefined {
  const dockerfile =
    build?.input.kind === 'dockerfile'
      ? build.input.dockerfile
      : build?.strategy === 'docker' && build.input.kind === 'source'
        ? build.input.source.dockerfile
        : undefined;
  const ports = dockerfile === undefined ? [] : sortPorts(exposedPorts(dockerfile));
  if (ports.length === 0) return image?.info;
  const empty = { id: '', created: undefined, labels: {}, volumes: [], user: '' };
  return { ...(image?.info ?? empty), ports };
}

function newStreamOf({ image, build }: Component, name: string) {
  if (image?.kind !== 'registry') return undefined;
  const { reference } = image;
  const stream = build ? reference.name.replace(/[^a-z0-9.-]/g, '-') : name;
  return { name: stream, tag: reference.tag || 'latest' };
}

function outputOf(component: Component, name: string, options: NewAppOptions) {
  if (!component.build || options.noOutput) return undefined;
  const wanted = options.to === '' ? `${name}:latest` : options.to;
  if (options.outputDocker) return { kind: 'DockerImage', name: wanted } as const;
  return {
    kind: 'ImageStreamTag',
    name: wanted.includes(':') ? wanted : `${wanted}:latest`,
  } as const;
}

/**
 * namePipelines gives every component its names: `--name`, else the end of the source's URL, else
 * the image's name; numbers make them unique. Throws NewAppError.
 */
export function namePipelines(
  components: readonly Component[],
  options: NewAppOptions,
): Pipeline[] {
  if (options.name !== '') {
    checkName(options.name);
    if (new Set(components.map(({ group }) => group)).size > 1)
      throw new NewAppError(
        'only one component or source repository can be used when specifying a name',
      );
  }
  if (components.filter(({ build }) => build).length > 1 && options.to !== '')
    throw new NewAppError(
      'only one component with source can be used when specifying an output image reference',
    );
  const taken = new Set<string>();
  return components.map((component) => {
    const base = options.name || validName(suggestedName(component, options));
    if (base === '')
      throw new NewAppError("can't suggest a valid name, please specify a name with --name");
    let name = base;
    for (let n = 1; taken.has(name); n += 1) name = `${base.slice(0, 58)}-${n}`;
    taken.add(name);
    return {
      component,
      name,
      newStream: newStreamOf(component, name),
      output: outputOf(component, name, options),
      info: infoOf(component),
    };
  });
}
