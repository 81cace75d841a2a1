import { goJson, goJsonInOrder } from '../../machinery/go-json.ts';
import { isJsonObject } from '../../machinery/json-value.ts';
import type { KubeObject } from '../../machinery/object.ts';
import { computedForm, wireForm } from '../registry/wire-form.ts';
import type { ServedResource } from './served-resource.ts';

/** Touched are the parts of a document that a patch led through, by key, or what it put there. */
type Touched = 'new' | { readonly [key: string]: Touched | undefined };

/** touchedByMerge: a merge patch leads through the objects that it has itself. */
function touchedByMerge(patch: object): Touched {
  const members = Object.entries(patch).map(([key, value]) => [
    key,
    isJsonObject(value) ? touchedByMerge(value) : 'new',
  ]);
  return Object.fromEntries(members);
}

/** touchedByPaths: a JSON patch leads to the containers of what its operations name. */
function touchedByPaths(operations: readonly unknown[]): Touched {
  interface Node {
    [key: string]: Node;
  }
  const root: Node = {};
  for (const operation of operations) {
    const { path, from } = operation as { path?: unknown; from?: unknown };
    for (const one of [path, from]) {
      if (typeof one !== 'string') continue;
      let node = root;
      for (const token of one.split('/').slice(1, -1)) {
        const key = token.replaceAll('~1', '/').replaceAll('~0', '~');
        const child = { ...node[key] };
        node[key] = child;
        node = child;
      }
    }
  }
  return root;
}

function write(value: unknown, touched: Touched | undefined): string {
  if (touched === undefined) return goJsonInOrder(value);
  if (touched === 'new') return goJson(value);
  if (Array.isArray(value)) {
    return `[${value.map((item, index) => write(item, touched[index])).join(',')}]`;
  }
  if (!isJsonObject(value)) return goJsonInOrder(value);
  const keys = Object.keys(value).sort();
  const members = keys.map((key) => `${goJsonInOrder(key)}:${write(value[key], touched[key])}`);
  return `{${members.join(',')}}`;
}

/**
 * patchedText writes the document that a merge patch or JSON patch made as upstream's patch library
 * does: what the patch led through has sorted keys, the rest is as it was stored. Custom objects are
 * sorted all through. `apply` makes the document once more, from the stored form.
 */
export function patchedText(
  served: Pick<ServedResource, 'definition' | 'form'>,
  { current, patch }: { readonly current: KubeObject | undefined; readonly patch: unknown },
  apply: (current: unknown, patch: unknown) => unknown,
): string {
  const { definition, form } = served;
  // A scale is not of the kind that it belongs to.
  const isOwn = form.definition === definition.definition;
  const formed = current && (isOwn ? wireForm(definition, current) : computedForm(current));
  const patched = apply(formed, patch);
  if (definition.structure && isOwn) return goJson(patched);
  const isList = Array.isArray(patch);
  return write(patched, isList ? touchedByPaths(patch) : touchedByMerge(Object(patch)));
}
