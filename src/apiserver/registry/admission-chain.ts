import type { Observations } from '../../machinery/metrics/metric.ts';
import type { Admission, AdmissionRequest } from '../contracts.ts';
import type { AdmissionMetrics, AdmissionStep } from '../metrics/admission-metrics.ts';

type Operation = AdmissionRequest['operation'];
type Run = (request: AdmissionRequest) => void | Promise<void>;

/** A plugin as far as it takes part in one step of one operation. */
interface Part {
  readonly name: string;
  readonly run: Run;
  /** Where it is counted that it let something pass, once it did. */
  passed: Observations | undefined;
}

/** Line is what takes part in one step of one operation. */
interface Line {
  readonly parts: readonly Part[];
  passed: Observations | undefined;
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
  operation: Operation,
): readonly Part[] {
  const method = step === 'admit' ? 'mutate' : 'validate';
  return plugins.flatMap((plugin): Part[] => {
    const { name = '', operations } = plugin;
    const run = plugin[method]?.bind(plugin);
    const takesPart = run && (operations?.includes(operation) ?? true);
    return takesPart ? [{ name, run, passed: undefined }] : [];
  });
}

/** newAdmissionChain makes one of plugins, in their order, and measures each that has a name. */
export function newAdmissionChain(
  plugins: readonly Admission[],
  metrics: AdmissionMetrics,
): AdmissionChain {
  const runner = (step: AdmissionStep) => {
    const lines = new Map<Operation, Line>(
      OPERATIONS.map((one) => [one, { parts: partsOf(plugins, step, one), passed: undefined }]),
    );
    return async (request: AdmissionRequest): Promise<void> => {
      const { operation } = request;
      const line = lines.get(operation);
      if (!line) return;
      const startedAt = performance.now();
      const accepted = (name: string) => metrics.of(name, step, { operation, rejected: false });
      const refused = (name: string, since: number) =>
        metrics
          .of(name, step, { operation, rejected: true })
          .observe((performance.now() - since) / 1000);
      let since = startedAt;
      for (const part of line.parts) {
        try {
          const pending = part.run(request);
          if (pending) await pending;
        } catch (error) {
          if (part.name !== '') refused(part.name, since);
          refused('', startedAt);
          throw error;
        }
        if (part.name === '') continue;
        const now = performance.now();
        part.passed ??= accepted(part.name);
        part.passed.observe((now - since) / 1000);
        since = now;
      }
      line.passed ??= accepted('');
      line.passed.observe((performance.now() - startedAt) / 1000);
    };
  };
  return { mutate: runner('admit'), validate: runner('validate') };
}
