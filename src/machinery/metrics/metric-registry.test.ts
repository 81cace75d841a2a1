import { describe, expect, it } from 'vitest';
import { MetricRegistry } from './metric-registry.ts';
import { metricsText } from './metrics-text.ts';

function newRegistry() {
  const registry = new MetricRegistry();
  const requests = registry.counter({
    name: 'requests',
    help: 'Requests.',
    labels: ['verb', 'code'],
  });
  const seconds = registry.histogram({ name: 'seconds', help: 'Time.' }, [0.1, 1]);
  return { registry, requests, seconds };
}

describe('MetricRegistry', () => {
  it('writes counters and histograms in the format of Prometheus', () => {
    const { registry, requests, seconds } = newRegistry();
    requests.with('GET', '200').inc();
    requests.with('GET', '200').inc(2);
    requests.with('"\\\n', '').inc();
    for (const value of [0.05, 0.1, 0.5, 7]) seconds.with().observe(value);
    expect(metricsText([registry.snapshot()])).toBe(
      [
        '# HELP requests Requests.',
        '# TYPE requests counter',
        'requests{verb="GET",code="200"} 3',
        'requests{verb="\\"\\\\\\n",code=""} 1',
        '# HELP seconds Time.',
        '# TYPE seconds histogram',
        'seconds_bucket{le="0.1"} 2',
        'seconds_bucket{le="1"} 3',
        'seconds_bucket{le="+Inf"} 4',
        'seconds_sum 7.65',
        'seconds_count 4',
        '',
      ].join('\n'),
    );
  });

  it('forgets what has the given values in all metrics with those labels', () => {
    const { registry, requests, seconds } = newRegistry();
    const forgotten: object[] = [];
    registry.onForget((values) => forgotten.push(values));
    requests.with('GET', '200').inc();
    requests.with('GET', '404').inc();
    requests.with('PUT', '200').inc();
    seconds.with().observe(1);
    registry.forget({ verb: 'GET', code: '200' });
    registry.forget({ code: '404', color: 'red' });
    const text = metricsText([registry.snapshot()]);
    expect(text).not.toContain('requests{verb="GET",code="200"}');
    expect(text).toContain('requests{verb="GET",code="404"} 1');
    expect(text).toContain('requests{verb="PUT",code="200"} 1');
    expect(text).toContain('seconds_count 1');
    expect(forgotten).toHaveLength(2);
    requests.with('GET', '200').inc();
    expect(metricsText([registry.snapshot()])).toContain('requests{verb="GET",code="200"} 1');
  });

  it('adds up what several threads counted', () => {
    const [one, other] = [newRegistry(), newRegistry()];
    one.requests.with('GET', '200').inc(2);
    other.requests.with('GET', '200').inc(3);
    const text = metricsText([one.registry.snapshot(), other.registry.snapshot()]);
    expect(text).toContain('requests{verb="GET",code="200"} 5\n');
  });

  it('takes the largest where that says more than the sum', () => {
    const snapshots = [2, 5, 3].map((value) => {
      const registry = new MetricRegistry();
      registry.gauge({ name: 'lag', help: 'Lag.', merge: 'max' }).with().set(value);
      return registry.snapshot();
    });
    expect(metricsText(snapshots)).toContain('lag 5\n');
  });

  it('finds out gauges when somebody asks, and says nothing of metrics without values', () => {
    const registry = new MetricRegistry();
    const gauge = registry.gauge({ name: 'g', help: 'G.', labels: ['l'] });
    registry.counter({ name: 'unused', help: 'U.', labels: ['l'] });
    let count = 0;
    registry.onCollect(() => gauge.with('a').set(++count));
    registry.snapshot();
    expect(metricsText([registry.snapshot()])).toBe('# HELP g G.\n# TYPE g gauge\ng{l="a"} 2\n');
  });

  it('refuses a second metric of a name', () => {
    const { registry } = newRegistry();
    expect(() => registry.gauge({ name: 'requests', help: '' })).toThrow('is there already');
  });
});
