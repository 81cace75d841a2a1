/**
 * ElsewhereError: what a request needs is in the main thread only, and nothing has been changed yet.
 * The request is handed over, and nobody sees this error.
 */
export class ElsewhereError extends Error {
  constructor(what: string) {
    super(`only the main thread can do this: ${what}`);
    this.name = 'ElsewhereError';
  }
}
