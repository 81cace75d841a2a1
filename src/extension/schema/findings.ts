import { type FieldError, invalid } from '../../machinery/field-error.ts';

/** NO_PATH is how upstream spells the path of what is said about no field in particular. */
export const NO_PATH = '<nil>';

/**
 * Findings is what the check of one value against one schema found; `matches` counts the checks
 * that were made, by which the most telling one of several alternatives is chosen.
 */
export class Findings {
  readonly errors: FieldError[] = [];
  matches = 0;

  get valid(): boolean {
    return this.errors.length === 0;
  }

  add(error: FieldError): void {
    const isKnown = this.errors.some((one) => one.field === error.field && one.body === error.body);
    if (!isKnown) this.errors.push(error);
  }

  /** addGeneral notes a finding that names its place in its text. */
  addGeneral(text: string): void {
    this.add(invalid(NO_PATH, '', text));
  }

  merge(other: Findings): void {
    this.matches += other.matches;
    for (const error of other.errors) this.add(error);
  }
}
