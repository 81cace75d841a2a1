import type { MetricGroup } from '../../machinery/metrics/metric-group.ts';
import type { FlowControl } from '../flowcontrol/flow-control.ts';
import type { PriorityLevel } from '../flowcontrol/priority-level.ts';

/** Who borrows without a limit may have all seats beside its own. */
function upperLimit({ settings, borrowingLimit }: PriorityLevel, all: number): number {
  return settings.nominalSeats + Math.min(all, borrowingLimit);
}

/**
 * levelMetrics tells the limits of the priority levels. They are found out when somebody asks. Threads
 * that share the seats all answer the same, but for the seats in use.
 */
export function levelMetrics(group: MetricGroup, control: FlowControl): void {
  const gauge = (name: string, help: string, stability: 'ALPHA' | 'BETA' = 'ALPHA') =>
    group.gauge(name, { stability, help, labels: ['priority_level'], merge: 'max' });
  const nominal = gauge(
    'nominal_limit_seats',
    'Nominal number of execution seats configured for each priority level',
    'BETA',
  );
  const lower = gauge(
    'lower_limit_seats',
    'Configured lower bound on number of execution seats available to each priority level',
  );
  const upper = gauge(
    'upper_limit_seats',
    'Configured upper bound on number of execution seats available to each priority level',
  );
  const current = gauge(
    'current_limit_seats',
    'current derived number of execution seats available to each priority level',
  );
  group.onCollect(() => {
    for (const one of [nominal, lower, upper, current]) one.clear();
    for (const level of control.levels) {
      const { nominalSeats } = level.settings;
      nominal.with(level.name).set(nominalSeats);
      lower.with(level.name).set(nominalSeats - level.lendableSeats);
      upper.with(level.name).set(upperLimit(level, control.totalSeats));
      // A level borrows when it needs a seat: it has what it uses, and its own at least.
      current.with(level.name).set(Math.max(nominalSeats, level.seatsTaken));
    }
  });
}
