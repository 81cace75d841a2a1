// Reads Kubernetes' own descriptions of kinds and fields for OpenAPI documents and `explain`, from
// packages that carry them (development dependencies). The result is built, never committed; a
// server without it describes nothing but works.
//
// @kubernetes/client-node is generated from exactly the version that is served, but has lost line
// breaks and what is said of fields that refer to other kinds; kubernetes-models has both, of the
// versions before and after. So a text is taken from there where it is the same but for the breaks.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const CLIENT = 'node_modules/@kubernetes/client-node/dist/gen';
const MODELS = ['kubernetes-models-before', 'kubernetes-models'];
const META = 'node_modules/@kubernetes-models/apimachinery';

function capitalize(text) {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function clean(comment) {
  return comment
    .split('\n')
    .map((line) => line.replace(/^\s*\* ?/, ''))
    .join('\n')
    .trim()
    .replace(/\\?&quot;/g, '"')
    .replace(/\\?&#(x?)(\w+);/g, (_, hex, code) =>
      String.fromCharCode(parseInt(code, hex ? 16 : 10)),
    )
    .replace(/\\(["'`*])/g, '$1')
    .replace(/\*\\\//g, '*/')
    .replace(/\/_\*/g, '/*')
    .replace(/\*_\//g, '*/');
}

const COMMENT = String.raw`\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\s*`;

/** Reads a declaration: what is said of the kind and of its fields. */
function readDeclaration(text, { kind, field }) {
  const result = {};
  const about = new RegExp(COMMENT + kind).exec(text);
  if (about) result[''] = clean(about[1]);
  for (const [, comment, name] of text.matchAll(new RegExp(COMMENT + field, 'g'))) {
    result[name] ??= clean(comment);
  }
  return result;
}

/** Candidates for the file of a definition: the group is in the name only where it must be. */
function clientNames(definition) {
  const parts = definition.split('.');
  const kind = parts.at(-1);
  const version = capitalize(parts.at(-2));
  const group = capitalize(parts.at(-3) ?? '');
  return [`${group}${version}${kind}`, `${version}${kind}`, kind];
}

function readClient(definition) {
  const path = clientNames(definition)
    .map((name) => join(CLIENT, 'models', `${name}.d.ts`))
    .find((one) => existsSync(one));
  if (!path) return {};
  const text = readFileSync(path, 'utf8');
  return readDeclaration(text, { kind: 'export declare class', field: `'([^']+)'\\??:` });
}

function* declarations(folder) {
  if (!existsSync(folder)) return;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      if (entry.name !== 'node_modules' && entry.name !== '_schemas') yield* declarations(path);
    } else if (path.endsWith('.d.ts')) yield path;
  }
}

/** Reads a package of models: what is said by the name of the interface. */
function readModels(folder) {
  const models = new Map();
  for (const path of declarations(folder)) {
    const text = readFileSync(path, 'utf8');
    const name = /as (IIoK8s\w+)/.exec(text) ?? /export (?:interface|type) (IIoK8s\w+)/.exec(text);
    if (!name) continue;
    const shape = { kind: 'export (?:interface|type)', field: `"([^"]+)"\\??:` };
    models.set(name[1], readDeclaration(text, shape));
  }
  return models;
}

function modelName(definition) {
  const words = definition.split('.').map(capitalize).join('');
  return `I${words.replace(/-([a-z])/g, (_, letter) => letter.toUpperCase())}`;
}

const ENUM = 'Possible enum values:';
const flat = (text) =>
  text
    .split(ENUM)[0]
    .replace(/\s+/g, ' ')
    .replace(/[\\*_]/g, '')
    .trim();

/** The text of one field, from what the packages say of it. */
function pick(client, candidates) {
  if (client === undefined) return candidates[0];
  const same = candidates.find((one) => flat(one) === flat(client));
  return same ?? client.replace(/(?<=[.:]) {2}(?=\S)/g, '\n\n');
}

function describe(definition, fields, packages) {
  const client = readClient(definition);
  const inV1 = definition.replace(/\.v\w+\.(?=\w+$)/, '.v1.');
  const found = packages.map(
    (models) => models.get(modelName(definition)) ?? models.get(modelName(inV1)) ?? {},
  );
  const result = {};
  for (const name of ['', ...Object.keys(fields)]) {
    const fact = fields[name];
    const type = typeof fact === 'object' ? fact.type : fact;
    const isRef = type?.startsWith('@') ?? false;
    const candidates = found.flatMap((one, index) => {
      const text = one[name];
      // Without a description of its own, a field has that of its kind.
      const ofKind = isRef && packages[index].get(modelName(type.slice(1)))?.[''];
      return text === undefined || text === ofKind ? [] : [text];
    });
    const text = pick(isRef ? undefined : client[name], candidates);
    if (text) result[name] = text;
  }
  return result;
}

const PARAMETERS = {
  parameters: [
    'PatchNamespacedPod',
    'CreateNamespacedPod',
    'ListNamespacedPod',
    'DeleteNamespacedPod',
    'DeleteCollectionNamespacedPod',
  ],
  'parameters/patch': ['PatchNamespacedPod'],
  'parameters/log': ['ReadNamespacedPodLog'],
  'parameters/PodAttachOptions': ['ConnectGetNamespacedPodAttach'],
  'parameters/PodExecOptions': ['ConnectGetNamespacedPodExec'],
  'parameters/PodPortForwardOptions': ['ConnectGetNamespacedPodPortforward'],
  'parameters/PodProxyOptions': ['ConnectGetNamespacedPodProxy'],
  'parameters/NodeProxyOptions': ['ConnectGetNodeProxy'],
  'parameters/ServiceProxyOptions': ['ConnectGetNamespacedServiceProxy'],
};

/** Reads what is said of the parameters of operations. */
function describeParameters() {
  const path = join(CLIENT, 'types/ObjectParamAPI.d.ts');
  if (!existsSync(path)) return {};
  const text = readFileSync(path, 'utf8');
  const read = (operation) => {
    const from = text.indexOf(`export interface CoreV1Api${operation}Request {`);
    const declared = text.slice(from, text.indexOf('\n}', from));
    const texts = readDeclaration(declared, { kind: 'none', field: '_?(\\w+)\\??:' });
    return Object.entries(texts).map(([name, one]) => [
      name,
      one
        .split('\nDefaults to: undefined')[0]
        .split('\n@type')[0]
        .replace(/ {2}(?=(?:Defaults|This field|The server|When)\b)/g, '\n\n')
        .replace(/ {3}(?=\S)/g, '\n  ')
        .replace(/(?<=[^:] )- (?=`)/g, '\n- ')
        .replace(/ \n/g, '\n'),
    ]);
  };
  return Object.fromEntries(
    Object.entries(PARAMETERS).map(([key, operations]) => [
      key,
      Object.fromEntries(operations.flatMap(read)),
    ]),
  );
}

/** describeKubernetes answers the descriptions of all definitions of the catalogue that have any. */
export function describeKubernetes() {
  const catalogue = JSON.parse(readFileSync('src/apis/catalogue/kubernetes.json', 'utf8'));
  const meta = readModels(META);
  const packages = MODELS.map(
    (one) => new Map([...meta, ...readModels(join('node_modules', one))]),
  );
  const result = describeParameters();
  const { definitions } = catalogue;
  const shown = JSON.parse(readFileSync('src/apis/catalogue/openapi.json', 'utf8')).definitions;
  for (const definition of new Set([...Object.keys(definitions), ...Object.keys(shown)])) {
    // A kind that is served in several versions is in the catalogue once.
    const known = definitions[definition] ?? definitions[definition.replace(/\.v\w+\./, '.v1.')];
    const { fields = {} } = known ?? {};
    const texts = describe(definition, fields, packages);
    if (Object.keys(texts).length > 0) result[definition] = texts;
  }
  return result;
}
