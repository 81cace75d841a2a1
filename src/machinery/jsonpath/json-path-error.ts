/** JsonPathError: an expression that cannot be read, or that names what a value does not have. */
export class JsonPathError extends Error {
  override readonly name = 'JsonPathError';
}
