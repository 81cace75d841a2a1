import { createHash } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import type { Engine } from '../../engine/engine.ts';
import { type BaseOptions, bootstrapBase, pullBase } from './base-image.ts';
import { type HostApt, readHostApt } from './host-apt.ts';
import { type HostFileSources, hostFilesHash } from './host-files.ts';
import { makeImage, RECIPE_LABEL, refreshPackageLists } from './image-build.ts';
import { lineage, type Recipe, readRecipes } from './recipe.ts';

/** ImageProgress is one step of making an image, for a progress display. */
export interface ImageProgress {
  readonly image: string;
  readonly state: 'cached' | 'started' | 'output' | 'done' | 'failed';
  /** A line of output, or why it failed. */
  readonly detail?: string;
  readonly elapsedMs: number;
}

/** BuilderImageOptions say what is made and where things are. */
export interface BuilderImageOptions {
  readonly engine: Engine;
  /** The folder of recipes, `images/` of the installation. */
  readonly recipesDirectory: string;
  /** Package lists and archives are kept here; must be visible to the engine under the same path. */
  readonly cacheDirectory: string;
  /** Recipes to make; default: every builder. */
  readonly names?: readonly string[];
  /** The images are named `PREFIX/NAME:TAG`. Default `sampan`. */
  readonly prefix?: string;
  /** Where the base may be pulled from, before Debian packages are tried. */
  readonly baseReferences?: readonly string[];
  readonly hostFiles?: HostFileSources;
  onProgress?(progress: ImageProgress): void;
  readonly signal?: AbortSignal;
}

/** BuilderImage is an image that is there now. */
export interface BuilderImage {
  readonly name: string;
  readonly tag: string;
  /** `PREFIX/NAME:TAG` in the engine. */
  readonly reference: string;
  readonly id: string;
  readonly recipe: Recipe;
  /** False when it was there already. */
  readonly made: boolean;
  readonly elapsedMs: number;
}

interface Session extends BuilderImageOptions {
  readonly recipes: ReadonlyMap<string, Recipe>;
  readonly apt: HostApt;
  /** INVARIANT: one promise per image, so that a parent is made once however many stand on it. */
  readonly making: Map<string, Promise<BuilderImage & { readonly hash: string }>>;
  /** INVARIANT: apt locks its lists while it fetches them, so that happens once, before any image. */
  lists: Promise<void> | undefined;
}

function repositoryOf(session: BuilderImageOptions, recipe: Recipe): string {
  return `${session.prefix ?? 'sampan'}/${recipe.name}`;
}

async function hashOf(session: Session, recipe: Recipe, parentHash: string): Promise<string> {
  const files = await hostFilesHash(recipe.hostFiles ?? [], session.hostFiles ?? {});
  return createHash('sha256')
    .update(`${parentHash}\n${recipe.contentHash}\n${files}`)
    .digest('hex');
}

/** packageLists runs apt in the parent of whichever image needs lists first. */
function packageLists(session: Session, options: BaseOptions, image: string): Promise<void> {
  const { engine, apt, cacheDirectory, signal } = session;
  session.lists ??= refreshPackageLists({
    engine,
    image,
    apt,
    cacheDirectory,
    signal,
    onOutput: options.onOutput,
  });
  return session.lists;
}

async function makeBase(options: BaseOptions, session: Session): Promise<string> {
  const pulled = await pullBase(options, session.baseReferences);
  if (pulled === undefined) return bootstrapBase(options);
  await packageLists(session, options, pulled);
  return makeImage({
    ...options,
    parent: pulled,
    cacheDirectory: session.cacheDirectory,
    hostFiles: session.hostFiles ?? {},
  });
}

async function makeOnParent(
  options: BaseOptions,
  session: Session,
  parent: string,
): Promise<string> {
  await packageLists(session, options, parent);
  return makeImage({
    ...options,
    parent,
    cacheDirectory: session.cacheDirectory,
    hostFiles: session.hostFiles ?? {},
  });
}

async function make(
  session: Session,
  recipe: Recipe,
): Promise<BuilderImage & { readonly hash: string }> {
  const parent = recipe.from === undefined ? undefined : await ensure(session, recipe.from);
  const hash = await hashOf(session, recipe, parent?.hash ?? '');
  const repository = repositoryOf(session, recipe);
  const reference = `${repository}:${recipe.tag}`;
  const began = Date.now();
  const report = (state: ImageProgress['state'], detail?: string) =>
    session.onProgress?.({
      image: recipe.name,
      state,
      elapsedMs: Date.now() - began,
      ...(detail === undefined ? {} : { detail }),
    });
  const about = { name: recipe.name, tag: recipe.tag, reference, recipe, hash };
  const present = await session.engine.inspectImage(reference);
  if (present?.config.labels?.[RECIPE_LABEL] === hash) {
    report('cached');
    return { ...about, id: present.id, made: false, elapsedMs: Date.now() - began };
  }
  report('started');
  const { engine, apt, signal } = session;
  const onOutput = (line: string) => report('output', line);
  const options = { engine, recipe, repository, hash, apt, onOutput, signal };
  try {
    const id = await (parent === undefined
      ? makeBase(options, session)
      : makeOnParent(options, session, parent.reference));
    report('done');
    return { ...about, id, made: true, elapsedMs: Date.now() - began };
  } catch (error) {
    report('failed', (error as Error).message);
    throw error;
  }
}

function ensure(session: Session, name: string) {
  const started = session.making.get(name);
  if (started) return started;
  const [recipe] = lineage(session.recipes, name).slice(-1);
  if (recipe === undefined) throw new Error(`there is no image recipe named "${name}"`);
  const promise = make(session, recipe);
  session.making.set(name, promise);
  return promise;
}

/** builderNames are the recipes that are offered as builders in project `openshift`. */
export function builderNames(recipes: ReadonlyMap<string, Recipe>): readonly string[] {
  return [...recipes.values()].filter((one) => one.stream !== undefined).map(({ name }) => name);
}

/**
 * ensureBuilderImages makes the named images that are missing or older than their recipe, parents
 * first, siblings beside each other, and answers all of them. An image that is there with the
 * same content hash costs one inspect. A failure names the image and shows the tail of its output;
 * images made so far stay.
 */
export async function ensureBuilderImages(
  options: BuilderImageOptions,
): Promise<readonly BuilderImage[]> {
  const recipes = await readRecipes(options.recipesDirectory);
  await mkdir(options.cacheDirectory, { recursive: true });
  const apt = await readHostApt(recipes.get('base')?.suite ?? 'bookworm');
  const session: Session = { ...options, recipes, apt, making: new Map(), lists: undefined };
  const results = await Promise.allSettled(
    (options.names ?? builderNames(recipes)).map((name) => ensure(session, name)),
  );
  return results.map((result) => {
    if (result.status === 'rejected') throw result.reason;
    return result.value;
  });
}
