import { AsyncLocalStorage } from 'node:async_hooks';
import type { UserInfo } from '../../../apiserver/resource-definition.ts';

interface InternalWrite {
  /** On whose behalf the stream is written. */
  readonly user: UserInfo;
}

const writes = new AsyncLocalStorage<InternalWrite>();

/**
 * asInternalWrite runs writes of image streams that change spec and status at once, which requests
 * from outside cannot: imports, and the deletion of a tag. The mark follows the call through the
 * in-process client to the strategy.
 */
export function asInternalWrite<T>(user: UserInfo, work: () => Promise<T>): Promise<T> {
  return writes.run({ user }, work);
}

/** internalWrite answers the mark of the write under way, or undefined for a request from outside. */
export function internalWrite(): InternalWrite | undefined {
  return writes.getStore();
}
