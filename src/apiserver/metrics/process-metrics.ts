import { openSync, readdirSync, readFileSync, readSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { MetricRegistry } from '../../machinery/metrics/metric-registry.ts';

const LAG_RESOLUTION_MS = 10;
const NANOSECONDS = 1e9;

/** limitOf answers the soft limit of a resource of this process; infinite ones are -1, as Go's client says. */
function limitOf(name: string): number {
  const line = readFileSync('/proc/self/limits', 'utf8')
    .split('\n')
    .find((one) => one.startsWith(name));
  const limit = Number(line?.slice(name.length).trim().split(/\s+/)[0]);
  return Number.isFinite(limit) ? limit : -1;
}

/** processMetrics adds what everybody wants to know of a process: CPU, memory, files. */
export function processMetrics(registry: MetricRegistry): void {
  const cpu = registry.counter({
    name: 'process_cpu_seconds_total',
    help: 'Total user and system CPU time spent in seconds.',
  });
  const gauge = (name: string, help: string) =>
    registry.gauge({ name: `process_${name}`, help }).with();
  const resident = gauge('resident_memory_bytes', 'Resident memory size in bytes.');
  const virtual = gauge('virtual_memory_bytes', 'Virtual memory size in bytes.');
  const open = gauge('open_fds', 'Number of open file descriptors.');
  const most = gauge('max_fds', 'Maximum number of open file descriptors.');
  const mostMemory = gauge(
    'virtual_memory_max_bytes',
    'Maximum amount of virtual memory available in bytes.',
  );
  const start = gauge(
    'start_time_seconds',
    'Start time of the process since unix epoch in seconds.',
  );
  start.set(performance.timeOrigin / 1000);
  registry.onCollect(() => {
    const { user, system } = process.cpuUsage();
    cpu.with().set((user + system) / 1e6);
    resident.set(process.memoryUsage.rss());
    const pages = Number(readFileSync('/proc/self/statm', 'utf8').split(' ')[0]);
    virtual.set(pages * 4096);
    open.set(readdirSync('/proc/self/fd').length);
    most.set(limitOf('Max open files'));
    mostMemory.set(limitOf('Max address space'));
  });
}

/** heapMetrics tells what JavaScript uses of the memory, in this thread, under the names of Node's client of Prometheus. */
export function heapMetrics(registry: MetricRegistry): void {
  const gauge = (name: string, help: string) =>
    registry.gauge({ name: `nodejs_${name}`, help }).with();
  const total = gauge('heap_size_total_bytes', 'Process heap size from Node.js in bytes.');
  const used = gauge('heap_size_used_bytes', 'Process heap size used from Node.js in bytes.');
  const external = gauge('external_memory_bytes', 'Node.js external memory size in bytes.');
  registry.onCollect(() => {
    const memory = process.memoryUsage();
    total.set(memory.heapTotal);
    used.set(memory.heapUsed);
    external.set(memory.external);
  });
}

/**
 * eventLoopMetrics tells for how long the event loop was held up since the metrics were last read:
 * all requests of this thread wait as long. Measuring begins when somebody first asks.
 */
export function eventLoopMetrics(registry: MetricRegistry): void {
  const delay = monitorEventLoopDelay({ resolution: LAG_RESOLUTION_MS });
  const gauge = (name: string, help: string) =>
    registry.gauge({ name: `nodejs_eventloop_lag_${name}seconds`, help, merge: 'max' }).with();
  const since = 'since the last time that the metrics were read.';
  const mean = gauge('mean_', `The mean of the event loop delays ${since}`);
  const max = gauge('max_', `The longest event loop delay ${since}`);
  const p50 = gauge('p50_', `The 50th percentile of the event loop delays ${since}`);
  const p99 = gauge('p99_', `The 99th percentile of the event loop delays ${since}`);
  // A measuring that was late by its own interval was not late.
  const lag = (nanoseconds: number) =>
    Math.max(0, (nanoseconds || 0) / NANOSECONDS - LAG_RESOLUTION_MS / 1000);
  const stop = gauge('max_processor_', `The longest processor time between two turns ${since}`);
  const stops = new LongestTurn();
  registry.onCollect(() => {
    stop.set(stops.take());
    delay.enable();
    mean.set(lag(delay.mean));
    max.set(lag(delay.max));
    p50.set(lag(delay.percentile(50)));
    p99.set(lag(delay.percentile(99)));
    delay.reset();
  });
}

/**
 * LongestTurn measures the processor time of this thread between two turns of its event loop, which is
 * what an idle machine would need: the clock also tells of other processes. Up to the interval of its
 * timer may be too much. Measuring begins with the first take().
 */
class LongestTurn {
  readonly #text = Buffer.alloc(64);
  #file: number | undefined;
  #last = 0;
  #longest = 0;

  /** take answers the longest in seconds since it was last called. */
  take(): number {
    if (this.#file === undefined) this.#begin();
    const longest = this.#longest;
    this.#longest = 0;
    return longest / NANOSECONDS;
  }

  #begin(): void {
    this.#file = openSync('/proc/thread-self/schedstat', 'r');
    this.#last = this.#used(this.#file);
    setInterval(() => this.#look(), LAG_RESOLUTION_MS).unref();
  }

  #look(): void {
    if (this.#file === undefined) return;
    const used = this.#used(this.#file);
    this.#longest = Math.max(this.#longest, used - this.#last);
    this.#last = used;
  }

  /** used is the processor time of the thread so far, in nanoseconds: the first of three numbers. */
  #used(file: number): number {
    const length = readSync(file, this.#text, 0, this.#text.length, 0);
    return Number.parseInt(this.#text.toString('latin1', 0, length), 10);
  }
}
