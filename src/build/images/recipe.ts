import { createHash } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';

/** HostFile is something of this installation that an image gets a copy of. */
export type HostFile = 'node' | 'npm' | 'program';

/** StreamAnnotations describe a builder in its image stream, as `oc new-app` and the console read them. */
export interface StreamAnnotations {
  /** Comma-separated, such as `builder,ruby`. */
  readonly tags: string;
  readonly supports: string;
  readonly version: string;
  readonly sampleRepo: string;
  readonly iconClass: string;
}

/** RecipeConfig is the image configuration that a recipe adds to its parent's. */
export interface RecipeConfig {
  readonly env?: Readonly<Record<string, string>>;
  readonly entrypoint?: readonly string[];
  readonly command?: readonly string[];
  readonly workingDir?: string;
  readonly user?: string;
  readonly exposedPorts?: readonly string[];
  readonly labels?: Readonly<Record<string, string>>;
}

/** Recipe says how one image is made; see `images/README.md`. */
export interface Recipe {
  readonly name: string;
  readonly tag: string;
  /** The recipe that it stands on; absent for the base. */
  readonly from?: string;
  readonly suite?: string;
  readonly registryImages?: readonly string[];
  readonly displayName: string;
  readonly description: string;
  readonly packages: readonly string[];
  readonly hostFiles?: readonly HostFile[];
  /** Installed instead where the host's Node.js does not run in the image. */
  readonly fallbackPackages?: readonly string[];
  readonly stream?: StreamAnnotations;
  readonly config: RecipeConfig;
  /** The folder of the recipe. */
  readonly directory: string;
  /** A hash of everything in the folder, parents not included. */
  readonly contentHash: string;
}

/** RecipeFile is one file of a recipe's folder. */
export interface RecipeFile {
  /** Relative to the folder that was listed, with forward slashes. */
  readonly path: string;
  readonly executable: boolean;
  readonly content: Buffer;
}

/** listFiles reads a folder and what is below it, sorted by path; a missing folder has no files. */
export async function listFiles(directory: string, below = ''): Promise<readonly RecipeFile[]> {
  const entries = await readdir(join(directory, below), { withFileTypes: true }).catch(() => []);
  const files: RecipeFile[] = [];
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = below === '' ? entry.name : `${below}/${entry.name}`;
    if (entry.isDirectory()) {
      files.push(...(await listFiles(directory, path)));
      continue;
    }
    const full = join(directory, path);
    const { mode } = await stat(full);
    files.push({ path, executable: (mode & 0o100) !== 0, content: await readFile(full) });
  }
  return files;
}

function hashOf(files: readonly RecipeFile[]): string {
  const hash = createHash('sha256');
  for (const { path, executable, content } of files) {
    hash.update(`${path}\0${executable}\0${content.length}\0`);
    hash.update(content);
  }
  return hash.digest('hex');
}

/** readRecipe reads one recipe's folder. Throws when `recipe.yaml` is missing or not YAML. */
async function readRecipe(directory: string): Promise<Recipe> {
  const text = await readFile(join(directory, 'recipe.yaml'), 'utf8');
  const stated = parse(text) as Omit<Recipe, 'directory' | 'contentHash'>;
  return { ...stated, directory, contentHash: hashOf(await listFiles(directory)) };
}

/** readRecipes reads every recipe below a folder, by name. */
export async function readRecipes(directory: string): Promise<ReadonlyMap<string, Recipe>> {
  const entries = await readdir(directory, { withFileTypes: true });
  const folders = entries.filter((entry) => entry.isDirectory());
  const recipes = await Promise.all(folders.map(({ name }) => readRecipe(join(directory, name))));
  return new Map(recipes.map((recipe) => [recipe.name, recipe]));
}

/** lineage answers a recipe's ancestors and itself, base first. Throws on an unknown name. */
export function lineage(recipes: ReadonlyMap<string, Recipe>, name: string): readonly Recipe[] {
  const recipe = recipes.get(name);
  if (recipe === undefined) {
    const known = [...recipes.keys()].sort().join(', ');
    throw new Error(`there is no image recipe named "${name}" (there are: ${known})`);
  }
  return recipe.from === undefined ? [recipe] : [...lineage(recipes, recipe.from), recipe];
}
