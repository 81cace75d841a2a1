import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { builderNames } from './builder-images.ts';
import { recipeConfig } from './image-build.ts';
import { lineage, listFiles, readRecipes } from './recipe.ts';

const recipes = await readRecipes(fileURLToPath(new URL('../../../images', import.meta.url)));

describe('the recipes of this repository', () => {
  it('offer the builders that the platform promises', () => {
    expect([...builderNames(recipes)].sort()).toEqual([
      'httpd',
      'nginx',
      'nodejs',
      'python',
      'ruby',
    ]);
  });

  it.each([...recipes.keys()])('%s stands on known recipes down to a base', (name) => {
    expect(lineage(recipes, name)[0]?.from).toBeUndefined();
  });

  it.each(builderNames(recipes))('%s follows the S2I contract', async (name) => {
    const recipe = recipes.get(name);
    if (recipe === undefined) throw new Error('missing');
    const scripts = await listFiles(`${recipe.directory}/s2i`);
    const names = scripts.map(({ path }) => path);
    expect(names).toEqual(expect.arrayContaining(['assemble', 'run', 'usage']));
    const chain = lineage(recipes, name);
    const config = chain.reduce(
      (parent, one) => recipeConfig(one, parent, 'h'),
      recipeConfig(recipe, {}, 'h'),
    );
    expect(config.labels).toMatchObject({
      'io.openshift.s2i.scripts-url': 'image:///usr/libexec/s2i',
      'io.openshift.expose-services': '8080:http',
      'io.k8s.display-name': recipe.displayName,
    });
    expect(config.user).toBe('1001');
    expect(recipe.stream?.tags.split(',')).toContain('builder');
    expect(recipe.stream?.supports.split(',')).toContain(name);
  });
});

describe('lineage', () => {
  it('names the recipes that there are when one is unknown', () => {
    expect(() => lineage(recipes, 'cobol')).toThrow(/no image recipe named "cobol".*ruby/);
  });
});
