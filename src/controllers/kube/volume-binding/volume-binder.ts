import type { PersistentVolume, PersistentVolumeClaim } from '../../../apis/core/v1/types.ts';
import {
  PERSISTENT_VOLUME_CLAIMS,
  PERSISTENT_VOLUMES,
  STORAGE_CLASSES,
} from '../../../apis/resource-types.ts';
import {
  type Controller,
  type ControllerDeps,
  type Informer,
  source,
} from '../../../controller-kit/controller.ts';
import { objectKey } from '../../../machinery/object.ts';
import { isNotFound } from '../../../machinery/status-error.ts';
import { BY_CONTROLLER, holdVolume } from './hold-volume.ts';
import { BIND_COMPLETED, classOf, findVolume, isHeldFor, mismatch } from './matching.ts';

const WAITS = 'waiting for first consumer to be created before binding';
const NONE = 'no persistent volumes available for this claim and no storage class is set';
const CLAIMS = 'claims/';
const VOLUMES = 'volumes/';

const annotated = (one: PersistentVolume | PersistentVolumeClaim, name: string) =>
  one.metadata.annotations?.[name] !== undefined;

const claimKeyOf = ({ spec }: PersistentVolume) =>
  `${spec?.claimRef?.namespace ?? ''}/${spec?.claimRef?.name ?? ''}`;

/** VolumeBinder carries out what the controller decides. */
class VolumeBinder {
  readonly #deps: ControllerDeps;
  readonly #claims: Informer<PersistentVolumeClaim>;
  readonly #volumes: Informer<PersistentVolume>;

  constructor(deps: ControllerDeps) {
    this.#deps = deps;
    this.#claims = deps.informers.informer(PERSISTENT_VOLUME_CLAIMS);
    this.#volumes = deps.informers.informer(PERSISTENT_VOLUMES);
  }

  /** waiting are the keys of the claims that are not bound yet. */
  waiting(): string[] {
    return this.#claims
      .list()
      .filter((one) => !annotated(one, BIND_COMPLETED))
      .map((one) => CLAIMS + objectKey(one));
  }

  async syncClaim(key: string): Promise<void> {
    const claim = this.#claims.get(key);
    if (!claim || claim.metadata.deletionTimestamp !== undefined) return;
    if (annotated(claim, BIND_COMPLETED)) await this.#checkBound(claim);
    else if (claim.spec?.volumeName) await this.#bindNamed(claim, claim.spec.volumeName);
    else await this.#bindAny(claim);
  }

  async syncVolume(name: string): Promise<void> {
    const volume = this.#volumes.get(name);
    const held = volume?.spec?.claimRef;
    if (!volume) return;
    if (!held?.uid) return void (await this.#setPhase(volume, 'Available'));
    const claim = this.#claims.get(claimKeyOf(volume)) ?? (await this.#readClaim(volume));
    if (claim?.metadata.uid !== held.uid) {
      const { phase } = volume.status ?? {};
      if (phase !== 'Failed') await this.#setPhase(volume, 'Released');
    } else if (claim.spec?.volumeName === name) await this.#setPhase(volume, 'Bound');
    else if (claim.spec?.volumeName) await this.#letGo(volume);
  }

  async #readClaim(volume: PersistentVolume): Promise<PersistentVolumeClaim | undefined> {
    const { namespace = '', name = '' } = volume.spec?.claimRef ?? {};
    try {
      return await this.#deps.client.get(PERSISTENT_VOLUME_CLAIMS, { namespace, name });
    } catch (error) {
      if (isNotFound(error)) return undefined;
      throw error;
    }
  }

  async #bindAny(claim: PersistentVolumeClaim): Promise<void> {
    const name = classOf(claim);
    const storageClass = this.#deps.informers.informer(STORAGE_CLASSES).get(name);
    const waits = storageClass?.volumeBindingMode === 'WaitForFirstConsumer';
    const volumes = this.#volumes.list();
    const found = findVolume(
      waits ? volumes.filter((one) => isHeldFor(one, claim)) : volumes,
      claim,
    );
    if (found) return this.#bind(found, claim);
    const { recorder } = this.#deps;
    if (waits) recorder.event(claim, 'Normal', 'WaitForFirstConsumer', WAITS);
    else if (name === '') recorder.event(claim, 'Normal', 'FailedBinding', NONE);
    else if (!storageClass) {
      const text = `storageclass.storage.k8s.io "${name}" not found`;
      recorder.event(claim, 'Warning', 'ProvisioningFailed', text);
    }
    await this.#setClaimPhase(claim, 'Pending');
  }

  async #bindNamed(claim: PersistentVolumeClaim, name: string): Promise<void> {
    const volume = this.#volumes.get(name);
    const isFree = volume?.spec?.claimRef === undefined;
    const { recorder } = this.#deps;
    if (volume && (isFree || isHeldFor(volume, claim))) {
      const problem = isFree ? mismatch(volume, claim) : undefined;
      if (problem === undefined) return this.#bind(volume, claim);
      const text = `Cannot bind to requested volume "${name}": ${problem}`;
      recorder.event(claim, 'Warning', 'VolumeMismatch', text);
    } else if (volume) {
      const text = `volume "${name}" already bound to a different claim.`;
      recorder.event(claim, 'Warning', 'FailedBinding', text);
    }
    await this.#setClaimPhase(claim, 'Pending');
  }

  async #checkBound(claim: PersistentVolumeClaim): Promise<void> {
    const name = claim.spec?.volumeName ?? '';
    const volume = this.#volumes.get(name);
    const isFree = volume?.spec?.claimRef === undefined;
    if (volume && (isFree || isHeldFor(volume, claim))) return this.#bind(volume, claim);
    const [reason, text] = lossOf(name, volume);
    if (await this.#setClaimPhase(claim, 'Lost'))
      this.#deps.recorder.event(claim, 'Warning', reason, text);
  }

  /** Each step is a write of its own, and is skipped when it was done: it can be begun anew. */
  async #bind(volume: PersistentVolume, claim: PersistentVolumeClaim): Promise<void> {
    const held = await holdVolume(this.#deps.client, volume, claim);
    await this.#setPhase(held, 'Bound');
    const given = await this.#give(held, claim);
    if (given.status?.phase === 'Bound') return;
    const { accessModes = [], capacity = {}, volumeAttributesClassName: ofClass } = held.spec ?? {};
    const current = ofClass === undefined ? {} : { currentVolumeAttributesClassName: ofClass };
    const status = { ...given.status, phase: 'Bound', accessModes, capacity, ...current };
    await this.#deps.client.updateStatus(PERSISTENT_VOLUME_CLAIMS, { ...given, status });
  }

  async #give(
    volume: PersistentVolume,
    claim: PersistentVolumeClaim,
  ): Promise<PersistentVolumeClaim> {
    const volumeName = volume.metadata.name ?? '';
    const isNamed = claim.spec?.volumeName === volumeName;
    if (isNamed && annotated(claim, BIND_COMPLETED)) return claim;
    const annotations = {
      ...claim.metadata.annotations,
      [BIND_COMPLETED]: 'yes',
      ...(isNamed ? {} : { [BY_CONTROLLER]: 'yes' }),
    };
    return this.#deps.client.update(PERSISTENT_VOLUME_CLAIMS, {
      ...claim,
      metadata: { ...claim.metadata, annotations },
      spec: { ...claim.spec, volumeName },
    });
  }

  /** Frees a volume whose claim has another one; what people held for a claim stays held for it. */
  async #letGo(volume: PersistentVolume): Promise<void> {
    const { [BY_CONTROLLER]: ours, ...annotations } = volume.metadata.annotations ?? {};
    const { claimRef, ...spec } = volume.spec ?? {};
    const { uid: _uid, resourceVersion: _version, ...kept } = claimRef ?? {};
    const freed = await this.#deps.client.update(PERSISTENT_VOLUMES, {
      ...volume,
      metadata: { ...volume.metadata, annotations },
      spec: ours === undefined ? { ...spec, claimRef: kept } : spec,
    });
    await this.#setPhase(freed, 'Available');
  }

  async #setPhase(volume: PersistentVolume, phase: string): Promise<void> {
    if (volume.status?.phase === phase) return;
    const status = { ...volume.status, phase };
    await this.#deps.client.updateStatus(PERSISTENT_VOLUMES, { ...volume, status });
  }

  /** Answers whether the phase is a new one. */
  async #setClaimPhase(claim: PersistentVolumeClaim, phase: string): Promise<boolean> {
    if (claim.status?.phase === phase) return false;
    const status = { ...claim.status, phase };
    delete status.accessModes;
    delete status.capacity;
    delete status.currentVolumeAttributesClassName;
    await this.#deps.client.updateStatus(PERSISTENT_VOLUME_CLAIMS, { ...claim, status });
    return true;
  }
}

function lossOf(name: string, volume: PersistentVolume | undefined): [string, string] {
  const lost = 'Data on the volume is lost!';
  if (name === '')
    return ['ClaimLost', `Bound claim has lost reference to PersistentVolume. ${lost}`];
  if (!volume) return ['ClaimLost', `Bound claim has lost its PersistentVolume. ${lost}`];
  const text = 'Two claims are bound to the same volume, this one is bound incorrectly';
  return ['ClaimMisbound', text];
}

/**
 * newVolumeBinder binds claims to the volumes that exist, and keeps the phases of both
 * (kube-controller-manager's `persistentvolume-binder`). Volumes are neither made nor wiped: one
 * whose claim is gone is `Released` whatever its reclaim policy. A claim of a class that waits for
 * its first consumer is bound to a volume that is held for it only.
 */
export function newVolumeBinder(deps: ControllerDeps): Controller {
  const binder = new VolumeBinder(deps);
  return {
    name: 'persistent-volume-binder',
    sources: [
      source(PERSISTENT_VOLUME_CLAIMS, (claim, before) => [
        CLAIMS + objectKey(claim),
        ...[claim.spec?.volumeName, before?.spec?.volumeName].flatMap((name) =>
          name ? [VOLUMES + name] : [],
        ),
      ]),
      source(PERSISTENT_VOLUMES, (volume) => [
        VOLUMES + objectKey(volume),
        ...(volume.spec?.claimRef ? [CLAIMS + claimKeyOf(volume)] : binder.waiting()),
      ]),
      source(STORAGE_CLASSES, () => binder.waiting()),
    ],
    async reconcile(key) {
      if (key.startsWith(CLAIMS)) await binder.syncClaim(key.slice(CLAIMS.length));
      else await binder.syncVolume(key.slice(VOLUMES.length));
      return undefined;
    },
  };
}
