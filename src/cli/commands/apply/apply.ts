import { deepEqual } from '../../../machinery/deep-equal.ts';
import { createMergePatch } from '../../../machinery/merge-patch.ts';
import type { KubeObject } from '../../../machinery/object.ts';
import { isConflict, isNotFound } from '../../../machinery/status-error.ts';
import { CliError, UsageError } from '../../cli-error.ts';
import type { Command, Invocation } from '../../command.ts';
import { boolFlag } from '../../flags/flag-spec.ts';
import { nameOf, OUTPUT_FLAGS } from '../../print/object-printer.ts';
import { FILENAME_FLAGS } from '../../resources/find-objects.ts';
import { readManifests } from '../../resources/manifests.ts';
import { kindSchema } from '../../write/kind-schema.ts';
import { LAST_APPLIED, lastAppliedOf, withLastApplied } from '../../write/last-applied.ts';
import { newReport, throwAll, withSource } from '../../write/report.ts';
import { threeWayMerge } from '../../write/three-way-merge.ts';
import {
  DRY_RUN_FLAG,
  dryRunOf,
  fieldManagerFlag,
  VALIDATE_FLAG,
  writeOptionsOf,
} from '../../write/write-flags.ts';
import { type Placed, placeIn } from '../create/place.ts';

interface Applied {
  readonly object: KubeObject;
  readonly operation: string;
}

type JsonObject = Parameters<typeof createMergePatch>[0];

class Applier {
  private readonly invocation: Invocation;

  constructor(invocation: Invocation) {
    this.invocation = invocation;
  }

  private options() {
    const { flags } = this.invocation;
    return writeOptionsOf(flags, dryRunOf(this.invocation));
  }

  async apply(place: Placed): Promise<Applied> {
    if (this.invocation.flags.bool('server-side')) return this.onServer(place);
    const client = await this.invocation.session.client();
    const name = place.placed.metadata.name ?? '';
    const live = await client
      .get(place.mapping, { namespace: place.namespace, name })
      .catch((error: unknown) => {
        if (isNotFound(error)) return undefined;
        throw error;
      });
    if (!live) return this.create(place);
    return this.change(place, live);
  }

  private async create({ mapping, placed }: Placed): Promise<Applied> {
    const wanted = withLastApplied(placed);
    const client = await this.invocation.session.client();
    const object =
      dryRunOf(this.invocation) === 'client'
        ? wanted
        : await client.create(mapping, wanted, this.options());
    return { object, operation: 'created' };
  }

  private async change({ mapping, placed, namespace }: Placed, live: KubeObject): Promise<Applied> {
    const { io, session } = this.invocation;
    const last = lastAppliedOf(live);
    if (!last)
      io.err(
        `Warning: resource ${nameOf(placed)} is missing the ${LAST_APPLIED} annotation which is required by ${io.program} apply. ${io.program} apply should only be used on resources created declaratively by either ${io.program} create --save-config or ${io.program} apply. The missing annotation will be patched automatically.\n`,
      );
    const wanted = withLastApplied(placed);
    const schema = await kindSchema(placed.apiVersion, placed.kind);
    const merged = threeWayMerge({ last, wanted, live }, schema);
    if (deepEqual(merged, live)) return { object: live, operation: 'unchanged' };
    if (dryRunOf(this.invocation) === 'client')
      return { object: merged as KubeObject, operation: 'configured' };
    const body = createMergePatch(live as unknown as JsonObject, merged as JsonObject);
    const client = await session.client();
    const ref = { namespace, name: placed.metadata.name ?? '' };
    const patch = { type: 'application/merge-patch+json', body } as const;
    const object = await client.patch(mapping, ref, patch, this.options());
    const same = object.metadata.resourceVersion === live.metadata.resourceVersion;
    return { object, operation: same ? 'unchanged' : 'configured' };
  }

  private async onServer({ mapping, placed, namespace }: Placed): Promise<Applied> {
    const { flags, session } = this.invocation;
    const transport = await session.transport();
    const { resourcePath } = await import('../../../client/resource-path.ts');
    const query = new URLSearchParams({
      fieldManager: flags.changed('field-manager') ? flags.string('field-manager') : 'kubectl',
      force: String(flags.bool('force-conflicts')),
    });
    const { dryRun, fieldValidation } = this.options();
    if (dryRun) query.set('dryRun', 'All');
    if (fieldValidation) query.set('fieldValidation', fieldValidation);
    const { body } = await transport.request({
      method: 'PATCH',
      path: resourcePath(mapping, { namespace, name: placed.metadata.name }),
      query,
      headers: { 'content-type': 'application/apply-patch+yaml' },
      body: placed,
    });
    const object = body.kind === 'object' ? (body.object as KubeObject) : placed;
    return { object, operation: 'serverside-applied' };
  }
}

async function run(invocation: Invocation): Promise<void> {
  const { flags, io, session, args } = invocation;
  if (args.length > 0) throw new UsageError(`Unexpected args: [${args.join(' ')}]`);
  if (flags.list('filename').length === 0) throw new CliError('must specify one of -f and -k');
  const report = await newReport(invocation);
  const applier = new Applier(invocation);
  const manifests = await readManifests(flags.list('filename'), io, flags.bool('recursive'));
  const errors: unknown[] = [];
  for (const { object, source } of manifests)
    try {
      const place = await placeIn(session, object, flags, source);
      const again = (error: unknown) => {
        if (isConflict(error) && !flags.bool('server-side')) return applier.apply(place);
        throw error;
      };
      const applied = await applier.apply(place).catch(again);
      report(applied.object, applied.operation);
    } catch (error) {
      errors.push(withSource(error, 'applying patch to', source));
    }
  throwAll(errors);
}

export const command: Command = {
  use: 'apply (-f FILENAME | -k DIRECTORY)',
  long: `Apply a configuration to a resource by file name or stdin. The resource name must be specified. This resource will be created if it doesn't exist yet. To use 'apply', always create the resource initially with either 'apply' or 'create --save-config'.

 JSON and YAML formats are accepted.`,
  examples: `# Apply the configuration in pod.json to a pod
{program} apply -f ./pod.json

# Apply the JSON passed into stdin to a pod
cat pod.json | {program} apply -f -`,
  flags: [
    ...FILENAME_FLAGS,
    ...OUTPUT_FLAGS,
    DRY_RUN_FLAG,
    VALIDATE_FLAG,
    fieldManagerFlag('kubectl-client-side-apply'),
    boolFlag('server-side', 'If true, apply runs in the server instead of the client.'),
    boolFlag(
      'force-conflicts',
      'If true, server-side apply will force the changes against conflicts.',
    ),
  ],
  run,
};
