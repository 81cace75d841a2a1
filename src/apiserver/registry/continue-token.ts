import { jsonSyntaxError } from '../../machinery/json-syntax-error.ts';
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

/** decodeContinue reads a token; throws 400 for one that this server did not make. */
export function decodeContinue(text: string): ContinueToken {
  const token = parseToken(text) as { rv?: unknown; start?: unknown; v?: unknown } | null;
  const { rv, start, v = '' } = token ?? {};
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
