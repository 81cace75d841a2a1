import { type FieldError, invalid, notSupported } from '../../machinery/field-error.ts';
import type { DeleteOptions } from '../../machinery/meta/v1.ts';
import { newInvalid } from '../../machinery/status-error.ts';
import type { CoreRequest } from './core-request.ts';
import { objectOf, readBody } from './decode-body.ts';
import { integer } from './list-query.ts';

const DEFINITION = 'io.k8s.apimachinery.pkg.apis.meta.v1.DeleteOptions';
const POLICIES = ['Foreground', 'Background', 'Orphan'];

/** readDeleteOptions reads the options of a delete from the body, or else from the query. */
export async function readDeleteOptions(request: CoreRequest): Promise<DeleteOptions> {
  const body = await readBody(request, { kind: 'DeleteOptions', definition: DEFINITION });
  const options: DeleteOptions = body === undefined ? {} : objectOf(body);
  const { query } = request;
  const grace = query.get('gracePeriodSeconds');
  if (grace !== null) options.gracePeriodSeconds ??= integer(query, 'gracePeriodSeconds');
  const policy = query.get('propagationPolicy');
  if (policy !== null) options.propagationPolicy ??= policy;
  const orphan = query.get('orphanDependents');
  if (orphan !== null) options.orphanDependents ??= orphan === 'true';
  const errors = optionErrors(options);
  if (errors.length === 0) return options;
  throw newInvalid({ group: 'meta.k8s.io', kind: 'DeleteOptions' }, '', errors);
}

function optionErrors(options: DeleteOptions): FieldError[] {
  const errors: FieldError[] = [];
  const { propagationPolicy, orphanDependents, dryRun = [], gracePeriodSeconds } = options;
  if (propagationPolicy !== undefined && orphanDependents !== undefined) {
    const text = 'orphanDependents and deletionPropagation cannot be both set';
    errors.push(invalid('propagationPolicy', propagationPolicy, text));
  }
  if (propagationPolicy !== undefined && !POLICIES.includes(propagationPolicy)) {
    const allowed = [...POLICIES, 'nil'];
    errors.push(notSupported('propagationPolicy', propagationPolicy, allowed, 'as given'));
  }
  if (dryRun.some((one) => one !== 'All')) errors.push(notSupported('dryRun', dryRun, ['All']));
  if (gracePeriodSeconds !== undefined && !Number.isInteger(gracePeriodSeconds)) {
    errors.push(invalid('gracePeriodSeconds', gracePeriodSeconds, 'must be an integer'));
  }
  return errors;
}
