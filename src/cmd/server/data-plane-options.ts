import type { Clock, Logger } from '../../controller-kit/controller.ts';
import type { Engine } from '../../engine/engine.ts';
import type { PlatformOptions } from '../platform/options.ts';
import type { Paths } from '../platform/paths.ts';
import type { ImageSettings } from './image-settings.ts';

/** DataPlaneOptions: `gateway` is the node's address on the pod network. */
export interface DataPlaneOptions {
  readonly platform: PlatformOptions;
  readonly paths: Paths;
  readonly gateway: string;
  readonly clock: Clock;
  readonly log: Logger;
  readonly images: ImageSettings;
  readonly engine: Engine;
}
