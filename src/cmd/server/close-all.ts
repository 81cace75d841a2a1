import type { Logger } from '../../controller-kit/controller.ts';

/**
 * closeAll closes parts one after the other, each also where one before it could not be closed, which
 * is logged; false: there was one.
 */
export async function closeAll(
  parts: readonly { close(): Promise<void> }[],
  log: Pick<Logger, 'error'>,
): Promise<boolean> {
  let areClosed = true;
  for (const part of parts) {
    try {
      await part.close();
    } catch (error) {
      areClosed = false;
      log.error({ err: error }, 'a part of the server could not be stopped');
    }
  }
  return areClosed;
}
