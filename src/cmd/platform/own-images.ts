import { RECIPE_LABEL } from '../../build/images/image-build.ts';
import type { Engine, ImageInfo } from '../../engine/engine.ts';

/** ImageOwner says by which names an installation's images are known. */
export interface ImageOwner {
  readonly instance: string;
  /** The integrated registry as the engine names it, `127.0.0.1:5000`. */
  readonly registryAddress: string;
}

function isOwnReference(reference: string, { instance, registryAddress }: ImageOwner): boolean {
  return (
    reference.startsWith(`${registryAddress}/`) || reference.startsWith(`sampan.local/${instance}/`)
  );
}

const isRecipe = (image: ImageInfo) => image.config.labels?.[RECIPE_LABEL] !== undefined;

/**
 * ownReferences are the names by which `down --purge` removes an image: those of the integrated
 * registry, of the builder images, and the bare id of a build that lost its name. Names that
 * somebody else gave an image stay, and with them the image.
 */
export function ownReferences(image: ImageInfo, owner: ImageOwner): readonly string[] {
  const names = image.repoTags.filter(
    (one) => isOwnReference(one, owner) || (isRecipe(image) && one.startsWith('sampan/')),
  );
  if (names.length > 0) return names;
  const digests = image.repoDigests.filter((one) => isOwnReference(one, owner));
  if (image.repoTags.length > 0) return [];
  return digests.length > 0 || isRecipe(image) ? [image.id] : [];
}

/** isLeftBehind is true for a build whose tag moved on: nothing but a pod could still need it. */
export function isLeftBehind(image: ImageInfo, owner: ImageOwner): boolean {
  return image.repoTags.length === 0 && ownReferences(image, owner).length > 0;
}

/** removeOwnImages removes all images of an installation. Those that a container uses stay. */
export async function removeOwnImages(engine: Engine, owner: ImageOwner): Promise<void> {
  const references = (await engine.listImages()).flatMap((image) => ownReferences(image, owner));
  // A parent can only go after its children, which the list does not tell: go round until nothing goes.
  for (let left = references, before = 0; left.length !== before && left.length > 0; ) {
    before = left.length;
    const kept: string[] = [];
    for (const reference of left) {
      const gone = await engine.removeImage(reference).then(
        () => true,
        () => false,
      );
      if (!gone) kept.push(reference);
    }
    left = kept;
  }
}

/**
 * removeLeftBehindImages removes builds whose tag moved on at least `graceMs` ago and that no
 * container uses; answers how many. A version that is rolled back to is pulled from the registry.
 */
export async function removeLeftBehindImages(
  engine: Engine,
  owner: ImageOwner,
  { graceMs, now }: { readonly graceMs: number; readonly now: Date },
): Promise<number> {
  let removed = 0;
  for (const image of await engine.listImages()) {
    const isYoung = now.getTime() - Date.parse(image.createdAt) < graceMs;
    if (isYoung || !isLeftBehind(image, owner)) continue;
    await engine.removeImage(image.id).then(
      () => {
        removed += 1;
      },
      () => undefined,
    );
  }
  return removed;
}
