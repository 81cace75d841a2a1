import { readPlatformConfig } from '../../../client/platform-config.ts';
import type { KubeObject } from '../../../machinery/object.ts';
import { type AppPlan, planNewApp } from '../../../new-app/new-app.ts';
import { NewAppError } from '../../../new-app/new-app-error.ts';
import type { NewAppOptions, Strategy } from '../../../new-app/options.ts';
import { newGitSourceProbe } from '../../../new-app/source/git-source-probe.ts';
import type { SourceProbe } from '../../../new-app/source/source-probe.ts';
import { CliError } from '../../cli-error.ts';
import type { Invocation } from '../../command.ts';
import type { Io } from '../../io.ts';
import { newObjectPrinter } from '../../print/object-printer.ts';

/** parseLabels reads `k=v,k2=v2` of `--labels`. */
export function parseLabels(text: string): Record<string, string> {
  const labels: Record<string, string> = {};
  for (const pair of text.split(',').filter((one) => one !== '')) {
    const equals = pair.indexOf('=');
    if (equals <= 0) throw new CliError(`unexpected label spec: ${pair}`);
    labels[pair.slice(0, equals)] = pair.slice(equals + 1);
  }
  return labels;
}

/** strategyOf reads `--strategy`. */
export function strategyOf(text: string): Strategy | undefined {
  if (text === '') return undefined;
  if (text === 'source' || text === 'docker') return text;
  throw new CliError(`invalid strategy: ${text}. Must be 'docker' or 'source'.`);
}

/** probeOf looks at sources from the directory of the command line. */
export async function probeOf(io: Io): Promise<SourceProbe> {
  const { gitRewrites: rewrites } = await readPlatformConfig(io.env);
  return newGitSourceProbe({ cwd: io.cwd, rewrites });
}

/** planOf plans what the options ask for; failures are printed as they are. */
export async function planOf(invocation: Invocation, options: NewAppOptions): Promise<AppPlan> {
  const { session, io } = invocation;
  const client = await session.client();
  try {
    const probe = await probeOf(io);
    const plan = await planNewApp(options, { client, probe, now: io.now() });
    for (const text of plan.warnings) io.err(`warning: ${text}\n`);
    return plan;
  } catch (cause) {
    if (cause instanceof NewAppError) throw new CliError(cause.message, { cause });
    throw cause;
  }
}

/** printPlan prints the objects instead of creating them, and answers whether `-o` asked for that. */
export async function printPlan({ flags, io }: Invocation, plan: AppPlan): Promise<boolean> {
  const output = flags.string('output');
  if (output === '' || output === 'name') return false;
  const print = await newObjectPrinter(flags, io);
  const list = { apiVersion: 'v1', kind: 'List', metadata: {}, items: plan.objects };
  io.out(print?.(list as unknown as KubeObject) ?? '');
  return true;
}
