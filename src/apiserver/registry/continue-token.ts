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

/** decodeContinue reads a token; throws 400 for one that this server did not make. */
export function decodeContinue(text: string): ContinueToken {
  try {
    const token: unknown = JSON.parse(Buffer.from(text, 'base64url').toString('utf8'));
    const { rv, start, v } = token as { rv?: unknown; start?: unknown; v?: unknown };
    if (v === 'meta.k8s.io/v1' && typeof rv === 'number' && typeof start === 'string') {
      return { revision: rv, after: start.replace(/\0$/, '') };
    }
  } catch (error) {
    throw newBadRequest('continue key is not valid: it could not be decoded', error);
  }
  throw newBadRequest(
    'continue key is not valid: incorrect encoded start resourceVersion (version meta.k8s.io/v1)',
  );
}
