import { Findings } from './findings.ts';
import type { JsonSchema } from './json-schema.ts';

/** Candidate is a value at a path with the check of it against one schema. */
export interface Candidate {
  readonly path: string;
  check(schema: JsonSchema): Findings;
}

/** combinationFindings checks a value against `anyOf`, `oneOf`, `allOf` and `not`. */
export function combinationFindings(schema: JsonSchema, at: Candidate): Findings {
  const findings = new Findings();
  if (schema.anyOf?.length) findings.merge(anyOf(schema.anyOf, at));
  if (schema.oneOf?.length) findings.merge(oneOf(schema.oneOf, at));
  if (schema.allOf?.length) findings.merge(allOf(schema.allOf, at));
  if (schema.not && at.check(schema.not).valid) {
    findings.addGeneral(`${JSON.stringify(at.path)} must not validate the schema (not)`);
  }
  findings.matches += 1;
  return findings;
}

function best(results: readonly Findings[]): Findings | undefined {
  let found: Findings | undefined;
  for (const one of results) if (!found || one.matches > found.matches) found = one;
  return found;
}

function anyOf(schemas: readonly JsonSchema[], at: Candidate): Findings {
  const failures: Findings[] = [];
  for (const one of schemas) {
    const result = at.check(one);
    if (result.valid) return result;
    failures.push(result);
  }
  const findings = new Findings();
  findings.addGeneral(`${JSON.stringify(at.path)} must validate at least one schema (anyOf)`);
  const closest = best(failures);
  if (closest) findings.merge(closest);
  return findings;
}

function oneOf(schemas: readonly JsonSchema[], at: Candidate): Findings {
  const results = schemas.map((one) => at.check(one));
  const valid = results.filter((one) => one.valid);
  const [first] = valid;
  if (first && valid.length === 1) return first;
  const findings = new Findings();
  const found = first ? `Found ${valid.length} valid alternatives` : 'Found none valid';
  findings.addGeneral(
    `${JSON.stringify(at.path)} must validate one and only one schema (oneOf). ${found}`,
  );
  const closest = first ? undefined : best(results);
  if (closest) findings.merge(closest);
  return findings;
}

function allOf(schemas: readonly JsonSchema[], at: Candidate): Findings {
  const findings = new Findings();
  let validated = 0;
  for (const one of schemas) {
    const result = at.check(one);
    if (result.valid) validated += 1;
    findings.merge(result);
  }
  if (validated === schemas.length) return findings;
  const more = validated === 0 ? '. None validated' : '';
  findings.addGeneral(`${JSON.stringify(at.path)} must validate all the schemas (allOf)${more}`);
  return findings;
}
