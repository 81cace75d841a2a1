import { isStatusError, type StatusError } from '../../machinery/status-error.ts';

/** failureOf answers the Status with which a promise fails; throws where there is none. */
export async function failureOf(promise: Promise<unknown>): Promise<StatusError> {
  const error = await promise.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!isStatusError(error)) throw new Error(`not a status: ${String(error)}`, { cause: error });
  return error;
}
