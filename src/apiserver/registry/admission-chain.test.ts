import { describe, expect, it } from 'vitest';
import { MetricRegistry } from '../../machinery/metrics/metric-registry.ts';
import { metricsText } from '../../machinery/metrics/metrics-text.ts';
import type { Admission, AdmissionRequest } from '../contracts.ts';
import { AdmissionMetrics } from '../metrics/admission-metrics.ts';
import { newAdmissionChain } from './admission-chain.ts';

const requestOf = (operation: string) => ({ operation }) as AdmissionRequest;

function chainOf(...plugins: readonly Admission[]) {
  const registry = new MetricRegistry();
  const chain = newAdmissionChain(plugins, new AdmissionMetrics(registry));
  const counts = () =>
    metricsText([registry.snapshot()])
      .split('\n')
      .filter((line) => line.includes('_count{'))
      .map((line) => line.replace('apiserver_admission_', '').replace('_duration_seconds', ''));
  return { chain, counts };
}

describe('newAdmissionChain', () => {
  it('asks plugins in their order about the operations that concern them', async () => {
    const asked: string[] = [];
    const plugin = (name: string, operations?: Admission['operations']): Admission => ({
      name,
      ...(operations && { operations }),
      mutate: async () => void asked.push(name),
    });
    const { chain } = chainOf(plugin('a'), plugin('b', ['UPDATE']), plugin('c', ['CREATE']));
    await chain.mutate(requestOf('CREATE'));
    expect(asked).toEqual(['a', 'c']);
  });

  it('ends with the first refusal, and counts it', async () => {
    const refuse: Admission = {
      name: 'no',
      validate() {
        throw new Error('refused');
      },
    };
    const late: Admission = { name: 'late', validate: () => undefined };
    const { chain, counts } = chainOf({ name: 'yes', validate: () => undefined }, refuse, late);
    await expect(chain.validate(requestOf('DELETE'))).rejects.toThrow('refused');
    expect(counts().sort()).toEqual([
      'controller_admission_count{name="no",type="validate",operation="DELETE",rejected="true"} 1',
      'controller_admission_count{name="yes",type="validate",operation="DELETE",rejected="false"} 1',
      'step_admission_count{type="validate",operation="DELETE",rejected="true"} 1',
    ]);
  });
});
