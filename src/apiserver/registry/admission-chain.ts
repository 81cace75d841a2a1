import type { Admission, AdmissionRequest } from '../contracts.ts';
import type { AdmissionMetrics, AdmissionStep } from '../metrics/admission-metrics.ts';

type Operation = AdmissionRequest['operation'];
type Run = (request: AdmissionRequest) => void | Promise<void>;

/** A plugin as far as it takes part in one step of one operation. */
interface Part {
  readonly name: string;
  readonly run: Run;
}

const OPERATIONS: readonly Operation[] = ['CREATE', 'UPDATE', 'DELETE', 'CONNECT'];

/** AdmissionChain runs all plugins, one after the other; the first refusal ends it. */
export interface AdmissionChain {
  mutate(request: AdmissionRequest): Promise<void>;
  validate(request: AdmissionRequest): Promise<void>;
}

function partsOf(
  plugins: readonly Admission[],
  step: AdmissionStep,
): ReadonlyMap<Operation, readonly Part[]> {
  const method = step === 'admit' ? 'mutate' : 'validate';
  return new Map(
    OPERATIONS.map((operation) => [
      operation,
      plugins.flatMap((plugin): Part[] => {
        const { name = '', operations } = plugin;
        const run = plugin[method]?.bind(plugin);
        const takesPart = run && (operations?.includes(operation) ?? true);
        return takesPart ? [{ name, run }] : [];
      }),
    ]),
  );
}

/** newAdmissionChain makes one of plugins, in their order, and measures each that has a name. */
export function newAdmissionChain(
  plugins: readonly Admission[],
  metrics: AdmissionMetrics,
): AdmissionChain {
  const runner = (step: AdmissionStep) => {
    const parts = partsOf(plugins, step);
    return async (request: AdmissionRequest): Promise<void> => {
      const { operation } = request;
      const startedAt = performance.now();
      let since = startedAt;
      let at = '';
      const observe = (name: string, from: number, rejected: boolean) => {
        const now = performance.now();
        metrics.of(name, step, { operation, rejected }).observe((now - from) / 1000);
        return now;
      };
      try {
        for (const { name, run } of parts.get(operation) ?? []) {
          at = name;
          const pending = run(request);
          if (pending) await pending;
          if (name !== '') since = observe(name, since, false);
        }
      } catch (error) {
        if (at !== '') observe(at, since, true);
        observe('', startedAt, true);
        throw error;
      }
      observe('', startedAt, false);
    };
  };
  return { mutate: runner('admit'), validate: runner('validate') };
}
