import { goNumber } from '../go-number.ts';
import type { MetricSnapshot, Sample } from './metric.ts';

/** METRICS_CONTENT_TYPE is the media type of Prometheus' text format. */
export const METRICS_CONTENT_TYPE =
  'text/plain; version=0.0.4; charset=utf-8; escaping=underscores';

function escaped(text: string): string {
  return text.replace(/\\/g, '\\\\').replace(/\n/g, '\\n').replace(/"/g, '\\"');
}

function keyOf(name: string, { suffix, labels }: Sample): string {
  if (labels.length === 0) return name + suffix;
  const pairs = labels.map(([label, value]) => `${label}="${escaped(value)}"`);
  return `${name}${suffix}{${pairs.join(',')}}`;
}

interface Merged {
  readonly help: string;
  readonly type: string;
  readonly lines: Map<string, number>;
}

/**
 * metricsText writes metrics in Prometheus' text format, sorted by name. Snapshots of several
 * threads are merged, sample by sample.
 */
export function metricsText(snapshots: readonly (readonly MetricSnapshot[])[]): string {
  const metrics = new Map<string, Merged>();
  for (const { name, help, type, merge, samples } of snapshots.flat()) {
    const merged = metrics.get(name) ?? { help, type, lines: new Map<string, number>() };
    metrics.set(name, merged);
    for (const sample of samples) {
      const key = keyOf(name, sample);
      const before = merged.lines.get(key) ?? 0;
      const value = merge === 'max' ? Math.max(before, sample.value) : before + sample.value;
      merged.lines.set(key, value);
    }
  }
  const texts = [...metrics.keys()].sort().map((name) => {
    const { help, type, lines } = metrics.get(name) ?? { help: '', type: '', lines: new Map() };
    if (lines.size === 0) return '';
    const head = `# HELP ${name} ${help.replace(/\\/g, '\\\\').replace(/\n/g, '\\n')}\n# TYPE ${name} ${type}\n`;
    return head + [...lines].map(([key, value]) => `${key} ${goNumber(value)}\n`).join('');
  });
  return texts.join('');
}
