import { goEqual, hasDefinition, schemaOf } from '../../apis/schema/index.ts';
import { deepEqual, semanticEqual } from '../../machinery/deep-equal.ts';
import type { KubeObject } from '../../machinery/object.ts';
import type { StoredResource } from './registry.ts';

/** bumpGeneration counts a change of what somebody wants of an object, after admission has had its say. */
export function bumpGeneration(
  stored: StoredResource,
  { draft, old }: { readonly draft: KubeObject; readonly old: KubeObject },
  subresource: string,
): void {
  const { hasGeneration, changesGeneration } = stored.strategy;
  // What a writer of the status changes beside it (annotations of a Deployment) does not count.
  if (!hasGeneration || subresource === 'status') return;
  const changes =
    hasGeneration === 'content'
      ? !deepEqual(contentOf(draft), contentOf(old))
      : (changesGeneration?.call(stored.strategy, draft, old) ?? specDiffers(stored, draft, old));
  if (!changes) return;
  draft.metadata.generation = (old.metadata.generation ?? 0) + 1;
}

function contentOf({ metadata: _metadata, ...content }: KubeObject): object {
  return content;
}

function specOf(object: KubeObject): unknown {
  return (object as { spec?: unknown }).spec;
}

/** specDiffers compares as Go does where the kind is known, and custom resources by what they say. */
function specDiffers({ definition }: StoredResource, draft: KubeObject, old: KubeObject): boolean {
  const [now, before] = [specOf(draft), specOf(old)];
  const schema = hasDefinition(definition.definition) && schemaOf(definition.definition);
  const spec = schema && schema.kind === 'object' ? schema.fields.get('spec')?.schema : undefined;
  return spec ? !goEqual(spec, now, before) : !semanticEqual(now, before);
}
