import { jsonSyntaxError } from '../../machinery/json-syntax-error.ts';
import { jsonTypeOf } from '../../machinery/json-value.ts';
import { newBadRequest, type StatusError } from '../../machinery/status-error.ts';

/** ContinueToken is where a paged list goes on: after a key, at a revision (-1: the newest). */
export interface ContinueToken {
  readonly revision: number;
  /** The key of the last item, relative to the resource's prefix. */
  readonly after: string;
}

/** encodeContinue makes the opaque text of a token; its form is Kubernetes' own. */
export function encodeContinue(token: ContinueToken): string {
  const text = JSON.stringify({
    v: 'meta.k8s.io/v1',
    rv: token.revision,
    start: `${token.after}\u0000`,
  });
  return Buffer.from(text).toString('base64url');
}

function invalid(problem: string, cause?: unknown): StatusError {
  return newBadRequest(`invalid continue token: continue key is not valid: ${problem}`, cause);
}

function parseToken(text: string): unknown {
  const strange = /[^A-Za-z0-9_-]/.exec(text);
  if (strange) throw invalid(`illegal base64 data at input byte ${strange.index}`);
  if (text.length % 4 === 1) throw invalid(`illegal base64 data at input byte ${text.length - 1}`);
  const decoded = Buffer.from(text, 'base64url').toString('utf8');
  try {
    return JSON.parse(decoded);
  } catch (error) {
    throw invalid(jsonSyntaxError(decoded) ?? 'it could not be decoded', error);
  }
}

const VERSION = 'meta.k8s.io/v1';

/** checkType refuses a field that Go could not read as what it is to be. Throws 400. */
function checkType(field: string, value: unknown, type: 'string' | 'int64'): void {
  const fits = type === 'string' ? typeof value === 'string' : Number.isInteger(value);
  if (fits || value === null) return;
  const met = typeof value === 'number' ? `number ${value}` : jsonTypeOf(value);
  throw invalid(
    `json: cannot unmarshal ${met} into Go struct field continueToken.${field} of type ${type}`,
  );
}

/** decodeContinue reads a token; throws 400 for one that this server did not make. */
export function decodeContinue(text: string): ContinueToken {
  const token = parseToken(text) as { rv?: unknown; start?: unknown; v?: unknown } | null;
  const { rv = 0, start = '', v = '' } = token ?? {};
  checkType('v', v, 'string');
  checkType('rv', rv, 'int64');
  checkType('start', start, 'string');
  if (v !== VERSION) throw invalid(`server does not recognize this encoded version ${v}`);
  if (typeof rv !== 'number' || rv === 0) {
    throw invalid(`incorrect encoded start resourceVersion (version ${VERSION})`);
  }
  if (typeof start !== 'string' || start === '') {
    throw invalid(`encoded start key empty (version ${VERSION})`);
  }
  if (/(^|\/)\.{0,2}(\/|$)/.test(start.replace(/^\//, ''))) throw invalid(start);
  return { revision: rv, after: start.replace(/\0$/, '') };
}
