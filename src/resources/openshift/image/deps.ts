import type { UserInfo } from '../../../apiserver/resource-definition.ts';
import type { Client } from '../../../client/client.ts';
import type { LocalImage } from './import/local-image.ts';
import type { RemoteRegistryOptions } from './import/remote-registry.ts';

/** ImageDeps are what the image API needs from outside; `client` acts as the server itself. */
export interface ImageDeps extends RemoteRegistryOptions {
  readonly client: Client;
  /** Tells whether a user has `get` on `imagestreams/layers` of a stream: may pull from it. */
  canPull(user: UserInfo, namespace: string, name: string): boolean | Promise<boolean>;
  /** Answers an image that the container engine has, for imports whose registry does not answer. */
  localImages?(reference: string): Promise<LocalImage | undefined>;
}
