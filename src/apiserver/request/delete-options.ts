import { type FieldError, invalid, notSupported } from '../../machinery/field-error.ts';
import type { DeleteOptions } from '../../machinery/meta/v1.ts';
import { newInvalid } from '../../machinery/status-error.ts';
import type { CoreRequest } from './core-request.ts';
import { asJsonObject, readBody } from './decode-body.ts';

const DEFINITION = 'io.k8s.apimachinery.pkg.apis.meta.v1.DeleteOptions';
const POLICIES = ['Background', 'Foreground', 'Orphan'];

/** readDeleteOptions reads the options of a delete from the body, or else from the query. */
export async function readDeleteOptions(request: CoreRequest): Promise<DeleteOptions> {
  const body = await readBody(request, { duplicates: false, definition: DEFINITION });
  const options: DeleteOptions = body === undefined ? {} : asJsonObject(body);
  const { query } = request;
  const grace = query.get('gracePeriodSeconds');
  if (grace !== null) options.gracePeriodSeconds ??= Number(grace);
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
    errors.push(notSupported('propagationPolicy', propagationPolicy, POLICIES));
  }
  if (dryRun.some((one) => one !== 'All')) errors.push(notSupported('dryRun', dryRun, ['All']));
  if (gracePeriodSeconds !== undefined && !Number.isInteger(gracePeriodSeconds)) {
    errors.push(invalid('gracePeriodSeconds', gracePeriodSeconds, 'must be an integer'));
  }
  return errors;
}
