import type { SetTimer } from '../cache/cache-watch.ts';
import type { Registry } from '../registry/registry.ts';
import type { CoreRequest } from '../request/core-request.ts';
import type { Accepted } from '../request/media-type.ts';
import type { OperationContext } from '../request/operation-context.ts';
import type { RequestInfo } from '../request/request-info.ts';
import type { ServedResource } from './served-resource.ts';

/** Call is one request to a resource, ready to be carried out. */
export interface Call {
  readonly registry: Registry;
  readonly served: ServedResource;
  readonly info: RequestInfo;
  readonly request: CoreRequest;
  readonly context: OperationContext;
  /** The form in which the sender takes the answer. */
  readonly accepted: Accepted;
  readonly setTimer: SetTimer;
}
