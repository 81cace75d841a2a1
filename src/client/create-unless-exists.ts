import type { KubeObject, ResourceType } from '../machinery/object.ts';
import { isAlreadyExists } from '../machinery/status-error.ts';
import type { Client, WriteOptions } from './client.ts';

/**
 * createUnlessExists creates an object and answers it, or undefined when one of that name is there
 * already, which stays as it is. Everything else that goes wrong is thrown.
 */
export async function createUnlessExists<T extends KubeObject>(
  client: Client,
  type: ResourceType<T>,
  object: T,
  options?: WriteOptions,
): Promise<T | undefined> {
  try {
    return await client.create(type, object, options);
  } catch (error) {
    if (isAlreadyExists(error)) return undefined;
    throw error;
  }
}
