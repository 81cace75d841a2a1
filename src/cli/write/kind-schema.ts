import type { Schema } from '../../apis/schema/schema.ts';

/** kindSchema finds the schema of a kind among those that Sampan knows; undefined for any other. */
export async function kindSchema(apiVersion: string, kind: string): Promise<Schema | undefined> {
  const { definitionNames } = await import('../../apis/schema/catalogue.ts');
  const { schemaOf } = await import('../../apis/schema/schema.ts');
  const [first = '', second] = apiVersion.split('/');
  const [group, version] = second === undefined ? ['core', first] : [first.split('.')[0], second];
  const ending = `.${group}.${version}.${kind}`;
  const name = definitionNames().find((one) => one.endsWith(ending));
  return name === undefined ? undefined : schemaOf(name);
}
