/**
 * VolumeError says why a volume of a pod cannot be set up, in kubelet's words. For a claim `volume`
 * is the name of the persistent volume.
 */
export class VolumeError extends Error {
  override readonly name = 'VolumeError';
  readonly volume: string;

  constructor(volume: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.volume = volume;
  }
}

/** UnprocessedVolumes says which claims of a pod have no volume that could be mounted. */
export class UnprocessedVolumes extends Error {
  override readonly name = 'UnprocessedVolumes';

  constructor(volumes: readonly string[], reasons: readonly string[]) {
    const names = `[${volumes.join(' ')}]`;
    super(
      `unmounted volumes=${names}, unattached volumes=[], failed to process volumes=${names}: ${reasons.join('; ')}`,
    );
  }
}
