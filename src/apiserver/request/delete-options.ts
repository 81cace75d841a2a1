import { schemaOf, validateSchema } from '../../apis/schema/index.ts';
import { type FieldError, invalid, notSupported } from '../../machinery/field-error.ts';
import type { DeleteOptions } from '../../machinery/meta/v1.ts';
import { newBadRequest, newInvalid } from '../../machinery/status-error.ts';
import type { CoreRequest } from './core-request.ts';
import { objectOf, readBody } from './decode-body.ts';
import { flag, integer } from './list-query.ts';

const KIND = 'DeleteOptions';
const DEFINITION = 'io.k8s.apimachinery.pkg.apis.meta.v1.DeleteOptions';
const POLICIES = ['Foreground', 'Background', 'Orphan'];
const SCHEME = 'k8s.io/apimachinery/pkg/apis/meta/internalversion/scheme/register.go:27';

/**
 * readDeleteOptions reads the options of a delete from the body; only where there is none does the
 * query count, as upstream. Throws 400 and 422.
 */
export async function readDeleteOptions(request: CoreRequest): Promise<DeleteOptions> {
  const body = await readBody(request, { kind: KIND, definition: DEFINITION, isPlain: true });
  const options = body === undefined ? optionsOf(request.query) : checked(objectOf(body));
  const errors = optionErrors(options);
  if (errors.length === 0) return options;
  throw newInvalid({ group: 'meta.k8s.io', kind: KIND }, '', errors);
}

/** checked takes the fields of a body that are as they should be. Throws 400. */
function checked(body: Readonly<Record<string, unknown>>): DeleteOptions {
  const { kind = KIND, apiVersion = 'v1' } = body;
  if (kind !== KIND && kind !== '') {
    throw newBadRequest(
      `no kind "${kind}" is registered for version "${apiVersion}" in scheme "${SCHEME}"`,
    );
  }
  const [error] = validateSchema(schemaOf(DEFINITION), body).errors;
  if (error) throw newBadRequest(error.body);
  return body;
}

function optionsOf(query: URLSearchParams): DeleteOptions {
  const options: DeleteOptions = {};
  if (query.size === 0) return options;
  if (query.has('gracePeriodSeconds')) {
    options.gracePeriodSeconds = integer(query, 'gracePeriodSeconds');
  }
  const policy = query.get('propagationPolicy');
  if (policy !== null) options.propagationPolicy = policy;
  if (query.has('orphanDependents')) options.orphanDependents = flag(query, 'orphanDependents');
  if (query.has('dryRun')) options.dryRun = query.getAll('dryRun');
  const uid = query.get('uid');
  const resourceVersion = query.get('resourceVersion');
  if (uid !== null || resourceVersion !== null) {
    options.preconditions = {
      ...(uid !== null && { uid }),
      ...(resourceVersion !== null && { resourceVersion }),
    };
  }
  return options;
}

function optionErrors(options: DeleteOptions): FieldError[] {
  const errors: FieldError[] = [];
  const { propagationPolicy, orphanDependents, dryRun = [] } = options;
  if (propagationPolicy !== undefined && orphanDependents !== undefined) {
    const text = 'orphanDependents and deletionPropagation cannot be both set';
    errors.push(invalid('propagationPolicy', propagationPolicy, text));
  }
  if (propagationPolicy !== undefined && !POLICIES.includes(propagationPolicy)) {
    const allowed = [...POLICIES, 'nil'];
    errors.push(notSupported('propagationPolicy', propagationPolicy, allowed, 'as given'));
  }
  if (dryRun.some((one) => one !== 'All')) errors.push(notSupported('dryRun', dryRun, ['All']));
  return errors;
}
