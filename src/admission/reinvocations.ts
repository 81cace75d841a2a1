import type { AdmissionRequest } from '../apiserver/contracts.ts';
import type { KubeObject } from '../machinery/object.ts';

/**
 * Reinvocations keeps, over the runs of a mutating plugin for one request, what is asked again: in
 * the second run only what was asked before something else changed the object, and only what wants
 * to be. Follows upstream's `reinvocationcontext.go`.
 */
export class Reinvocations {
  readonly #request: AdmissionRequest;
  /** What was asked and wants to be asked again when the object changes. */
  readonly #previous = new Set<string>();
  readonly #due = new Set<string>();
  #last: KubeObject | undefined;

  constructor(request: AdmissionRequest) {
    this.#request = request;
  }

  /** of answers the state of a plugin for a request. */
  static of(request: AdmissionRequest, plugin: string): Reinvocations {
    const { state } = request.reinvocation;
    const known = state.get(plugin);
    if (known instanceof Reinvocations) return known;
    const made = new Reinvocations(request);
    state.set(plugin, made);
    return made;
  }

  /** begin opens a run; a change that others made since the last one makes all due. */
  begin(object: KubeObject | undefined, equal: (left: unknown, right: unknown) => boolean): void {
    if (this.#request.reinvocation.again && !equal(this.#last, object)) this.#requirePrevious();
  }

  /** isDue tells whether something is to be asked in this run. */
  isDue(uid: string): boolean {
    return !this.#request.reinvocation.again || this.#due.has(uid);
  }

  /** changed notes that the object changed: what was asked before is asked again. */
  changed(): void {
    this.#requirePrevious();
    this.#request.reinvocation.needed = true;
  }

  /** invoked notes what wants to be asked again. */
  invoked(uid: string): void {
    this.#previous.add(uid);
  }

  /** end closes a run. */
  end(object: KubeObject | undefined): void {
    this.#last = object && structuredClone(object);
  }

  #requirePrevious(): void {
    for (const uid of this.#previous) this.#due.add(uid);
    this.#previous.clear();
  }
}
