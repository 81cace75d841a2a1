import type { CoreResponse } from '../request/core-request.ts';
import type { Call } from './call.ts';

/** shapeAnswer brings an answer into the form that the Accept header asks for. */
export function shapeAnswer(_call: Call, response: CoreResponse): CoreResponse {
  return response;
}
