// Reads Kubernetes' own descriptions of kinds and fields from the models of @kubernetes/client-node
// (a development dependency) for `explain`. The result is built, never committed; a server without
// it describes nothing but works.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const MODELS = 'node_modules/@kubernetes/client-node/dist/gen/models';

function capitalize(text) {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** Candidates for the file of a definition: the group is in the name only where it must be. */
function modelNames(definition) {
  const parts = definition.split('.');
  const kind = parts.at(-1);
  const version = capitalize(parts.at(-2));
  const group = capitalize(parts.at(-3) ?? '');
  return [`${group}${version}${kind}`, `${version}${kind}`, kind];
}

function clean(comment) {
  return comment
    .split('\n')
    .map((line) => line.replace(/^\s*\* ?/, ''))
    .join('\n')
    .trim()
    .replace(/\\(["'`])/g, '$1');
}

/** Reads one declaration file: the class's comment and those of its fields. */
function readModel(path) {
  const text = readFileSync(path, 'utf8');
  const result = {};
  const kind = /\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\s*export declare class/.exec(text);
  if (kind) result[''] = clean(kind[1]);
  for (const [, comment, field] of text.matchAll(
    /\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\s*'([^']+)'\??:/g,
  )) {
    result[field] = clean(comment);
  }
  return result;
}

/** describeKubernetes answers the descriptions of all definitions of the catalogue that have any. */
export function describeKubernetes() {
  const catalogue = JSON.parse(readFileSync('src/apis/catalogue/kubernetes.json', 'utf8'));
  const result = {};
  for (const definition of Object.keys(catalogue.definitions)) {
    const path = modelNames(definition)
      .map((name) => join(MODELS, `${name}.d.ts`))
      .find((one) => existsSync(one));
    if (path) result[definition] = readModel(path);
  }
  return result;
}
