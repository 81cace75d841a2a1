/**
 * UndecodableError is thrown by the defaults of a strategy where a value cannot be decoded that the
 * catalogue knows nothing of. The message is the decoder's; what the request was words the answer.
 */
export class UndecodableError extends Error {
  override readonly name = 'UndecodableError';
}
