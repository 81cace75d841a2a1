/** CelError is why an evaluation failed; `||`, `&&` and `?:` may not need what failed. */
export class CelError extends Error {
  override readonly name: string = 'CelError';
}

/** CostExceeded ends an evaluation that costs too much; nothing absorbs it. */
export class CostExceeded extends Error {
  override readonly name = 'CostExceeded';

  constructor() {
    super('operation cancelled: actual cost limit exceeded');
  }
}

/** noOverload is the error of a function that has no form for its arguments. */
export function noOverload(): CelError {
  return new CelError('no such overload');
}
