import {
  exactReference,
  type ImageReference,
  repositoryName,
} from '../../../../machinery/image-reference.ts';
import type { Status } from '../../../../machinery/meta/v1.ts';
import {
  isStatusError,
  newBadRequest,
  newInternalError,
  newNotFound,
  newUnauthorized,
  type StatusError,
} from '../../../../machinery/status-error.ts';
import { RemoteError } from './remote-error.ts';

const DOCKER_IMAGE = { group: 'image.openshift.io', resource: 'dockerimage' };

/** embeddedStatus is a Status inside another object, which states neither kind nor version. */
export function embeddedStatus(status: Omit<Status, 'apiVersion' | 'kind' | 'metadata'>): Status {
  return { metadata: {}, ...status } as Status;
}

/** SUCCESS_STATUS is the status of an image that was imported. */
export const SUCCESS_STATUS: Status = embeddedStatus({ status: 'Success' });

function hint(reference: ImageReference): string {
  const { registry, namespace } = reference;
  const source = namespace === '' ? registry : `${registry}/${namespace}`;
  return `to take its images from elsewhere, add a mirror to imageMirrors in Sampan's config file, such as {"source": "${source}", "mirrors": ["localhost:5000/${namespace || 'library'}"]}`;
}

function explain(error: RemoteError, reference: ImageReference): StatusError {
  const exact = exactReference(reference);
  switch (error.failure) {
    case 'notFound':
      return newNotFound(DOCKER_IMAGE, exact);
    case 'unauthorized':
      return newUnauthorized(
        error.message.endsWith('incorrect username or password')
          ? `incorrect username or password for image ${JSON.stringify(exact)}`
          : `you may not have access to the container image ${JSON.stringify(exact)}`,
      );
    case 'httpOnly':
      return newBadRequest(
        `the repository ${repositoryName(reference)} is HTTP only and requires the insecure flag to import`,
        error,
      );
    case 'unreachable':
      return newInternalError(
        new Error(`${exact}: ${error.message}; ${hint(reference)}`, { cause: error }),
      );
    default:
      return newInternalError(new Error(`${exact}: ${error.message}`, { cause: error }));
  }
}

/** importStatus is the Status that an import reports for a failure, in upstream's words. */
export function importStatus(error: unknown, reference: ImageReference): Status {
  if (isStatusError(error)) return error.status;
  if (error instanceof RemoteError) return explain(error, reference).status;
  return newInternalError(error).status;
}
