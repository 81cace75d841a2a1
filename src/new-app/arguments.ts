import { NewAppError } from './new-app-error.ts';
import type { NewAppOptions } from './options.ts';
import { looksRemote } from './source/git-url.ts';
import type { SourceProbe } from './source/source-probe.ts';

/** ImageRequest is an image that the user named, and where it is to be looked for. */
export interface ImageRequest {
  readonly text: string;
  readonly where: 'anywhere' | 'registry' | 'stream';
}

/** ComponentRequest is an image, code, or an image for some code, as the user wrote it. */
export interface ComponentRequest {
  readonly image: ImageRequest | undefined;
  readonly code: string | undefined;
  readonly group: number;
}

/** SortedArguments is the command line after every argument was given a meaning. */
export interface SortedArguments {
  readonly components: readonly ComponentRequest[];
  /** Code without an image. */
  readonly code: readonly string[];
  /** `K=V` arguments. */
  readonly env: readonly string[];
}

const ENVIRONMENT = /^[A-Za-z_][A-Za-z0-9_.-]*=/;

/** isEnvironmentArgument tells whether an argument sets a variable. */
function isEnvironmentArgument(text: string): boolean {
  return ENVIRONMENT.test(text);
}

function splitPair(text: string): { image: string; code: string | undefined } {
  const [image = '', code, ...more] = text.split('~');
  if (more.length > 0 || (code !== undefined && (image === '' || code === '')))
    throw new NewAppError(
      `component ${JSON.stringify(text)} is invalid: use [image]~[source] to name the code of an image`,
    );
  return { image, code };
}

class Sorter {
  readonly components: ComponentRequest[] = [];
  readonly code: string[] = [];
  readonly env: string[] = [];
  private groups = 0;
  private readonly probe: SourceProbe;

  constructor(probe: SourceProbe) {
    this.probe = probe;
  }

  nextGroup(): number {
    this.groups += 1;
    return this.groups;
  }

  component(text: string, where: ImageRequest['where'], group = this.nextGroup()): void {
    const { image, code } = splitPair(text);
    this.components.push({ image: { text: image, where }, code, group });
  }

  async argument(text: string): Promise<void> {
    if (text === '') return;
    if (isEnvironmentArgument(text)) this.env.push(text);
    else if (looksRemote(text) || (await this.probe.isDirectory(text))) this.code.push(text);
    else if (text.includes('+') && !text.includes('://')) this.group(text);
    else this.component(text, 'anywhere');
  }

  group(text: string): void {
    const group = this.nextGroup();
    for (const part of text.split('+')) this.component(part, 'anywhere', group);
  }
}

/**
 * sortArguments tells variables, code and images apart: what looks like a git URL or is a directory
 * is code, the rest are images, `image~code` and `a+b`. Throws NewAppError.
 */
export async function sortArguments(
  options: NewAppOptions,
  probe: SourceProbe,
): Promise<SortedArguments> {
  const sorter = new Sorter(probe);
  for (const text of options.args) await sorter.argument(text);
  sorter.code.push(...options.code);
  for (const text of options.images) sorter.component(text, 'registry');
  for (const text of options.imageStreams) sorter.component(text, 'stream');
  for (const text of options.groups) sorter.group(text);
  return { components: sorter.components, code: sorter.code, env: sorter.env };
}
