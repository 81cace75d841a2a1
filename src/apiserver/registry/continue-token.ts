import { jsonSyntaxError } from '../../machinery/json-syntax-error.ts';
import { newBadRequest } from '../../machinery/status-error.ts';

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

function parseToken(text: string): unknown {
  const strange = /[^A-Za-z0-9_-]/.exec(text);
  const invalid = (problem: string, cause?: unknown) =>
    newBadRequest(`invalid continue token: continue key is not valid: ${problem}`, cause);
  if (strange) throw invalid(`illegal base64 data at input byte ${strange.index}`);
  if (text.length % 4 === 1) throw invalid(`illegal base64 data at input byte ${text.length - 1}`);
  const decoded = Buffer.from(text, 'base64url').toString('utf8');
  try {
    return JSON.parse(decoded);
  } catch (error) {
    throw invalid(jsonSyntaxError(decoded) ?? 'it could not be decoded', error);
  }
}

/** decodeContinue reads a token; throws 400 for one that this server did not make. */
export function decodeContinue(text: string): ContinueToken {
  const token = parseToken(text) as { rv?: unknown; start?: unknown; v?: unknown } | null;
  const { rv, start, v } = token ?? {};
  if (v === 'meta.k8s.io/v1' && typeof rv === 'number' && typeof start === 'string') {
    return { revision: rv, after: start.replace(/\0$/, '') };
  }
  throw newBadRequest(
    'invalid continue token: continue key is not valid: incorrect encoded start resourceVersion (version meta.k8s.io/v1)',
  );
}
