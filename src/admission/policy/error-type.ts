/** NO_ERROR is what metrics call an evaluation that had a result. */
export const NO_ERROR = 'no_error';

/** errorTypeOf classes the message of an evaluation that had none, as upstream's metrics do. */
export function errorTypeOf(message: string): string {
  if (message.startsWith('compilation')) return 'compile_error';
  const isCostly = message.startsWith('validation failed due to running out of cost budget');
  return isCostly ? 'out_of_budget' : 'invalid_error';
}
