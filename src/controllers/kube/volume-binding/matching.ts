import type { PersistentVolume, PersistentVolumeClaim } from '../../../apis/core/v1/types.ts';
import { matchesLabels, selectorOfObject } from '../../../machinery/labels.ts';
import { compareQuantities, parseQuantity } from '../../../machinery/quantity.ts';

/** BIND_COMPLETED marks a claim that has its volume. */
export const BIND_COMPLETED = 'pv.kubernetes.io/bind-completed';

const TOO_SMALL = 'requested PV is too small';
const OLD_CLASS = 'volume.beta.kubernetes.io/storage-class';

/** classOf answers the storage class of a volume or a claim; empty: none. */
export function classOf(one: PersistentVolume | PersistentVolumeClaim): string {
  return one.metadata.annotations?.[OLD_CLASS] ?? one.spec?.storageClassName ?? '';
}

/** isHeldFor tells whether a volume refers to a claim, be it without its uid as people write it. */
export function isHeldFor(
  { spec }: PersistentVolume,
  { metadata }: PersistentVolumeClaim,
): boolean {
  const held = spec?.claimRef;
  if (held?.name !== metadata.name || held?.namespace !== metadata.namespace) return false;
  return !held?.uid || held.uid === metadata.uid;
}

function sizeOf(amounts: Readonly<Record<string, string>> | undefined) {
  return parseQuantity(amounts?.storage ?? '0');
}

/** mismatch says why a volume that was named cannot serve a claim; undefined: it can. */
export function mismatch(
  volume: PersistentVolume,
  claim: PersistentVolumeClaim,
): string | undefined {
  const { name, deletionTimestamp } = volume.metadata;
  if (deletionTimestamp !== undefined) return `the volume is marked for deletion "${name}"`;
  const problem = unfitness(volume, claim);
  if (problem !== TOO_SMALL && classOf(volume) !== classOf(claim))
    return 'storageClassName does not match';
  return problem;
}

/** The class does not matter for a volume that is held for the claim. */
function unfitness(volume: PersistentVolume, claim: PersistentVolumeClaim): string | undefined {
  if (compareQuantities(sizeOf(volume.spec?.capacity), requestOf(claim)) < 0) return TOO_SMALL;
  if (attributesOf(volume) !== attributesOf(claim))
    return 'volumeAttributesClassName does not match';
  if (modeOf(volume) !== modeOf(claim)) return 'incompatible volumeMode';
  return hasModes(volume, claim) ? undefined : 'incompatible accessMode';
}

const modeOf = (one: PersistentVolume | PersistentVolumeClaim) =>
  one.spec?.volumeMode ?? 'Filesystem';
const attributesOf = (one: PersistentVolume | PersistentVolumeClaim) =>
  one.spec?.volumeAttributesClassName ?? '';
const requestOf = ({ spec }: PersistentVolumeClaim) => sizeOf(spec?.resources?.requests);

function hasModes({ spec }: PersistentVolume, claim: PersistentVolumeClaim): boolean {
  return (claim.spec?.accessModes ?? []).every((mode) => spec?.accessModes?.includes(mode));
}

function isFreeFor(volume: PersistentVolume, claim: PersistentVolumeClaim): boolean {
  const { selector } = claim.spec ?? {};
  if (volume.spec?.claimRef !== undefined || volume.status?.phase !== 'Available') return false;
  if (classOf(volume) !== classOf(claim)) return false;
  return !selector || matchesLabels(selectorOfObject(selector), volume.metadata.labels);
}

/**
 * findVolume chooses the volume of a claim: the one that is held for it, else the smallest of the
 * free ones that fit (`FindMatchingVolume` of k8s.io/component-helpers).
 */
export function findVolume(
  volumes: readonly PersistentVolume[],
  claim: PersistentVolumeClaim,
): PersistentVolume | undefined {
  const fitting = volumes.filter(
    (one) => one.metadata.deletionTimestamp === undefined && unfitness(one, claim) === undefined,
  );
  const held = fitting.find((one) => isHeldFor(one, claim));
  if (held) return held;
  return fitting
    .filter((one) => isFreeFor(one, claim))
    .reduce<PersistentVolume | undefined>((least, one) => {
      if (!least) return one;
      return compareQuantities(sizeOf(one.spec?.capacity), sizeOf(least.spec?.capacity)) < 0
        ? one
        : least;
    }, undefined);
}
