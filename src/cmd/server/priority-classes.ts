import { PRIORITY_CLASSES } from '../../apis/resource-types.ts';
import {
  HIGHEST_USER_PRIORITY,
  SYSTEM_PRIORITY_CLASSES,
} from '../../apis/scheduling.k8s.io/v1/priority-class.ts';
import type { Client } from '../../client/client.ts';
import { createUnlessExists } from '../../client/create-unless-exists.ts';

/**
 * USER_CRITICAL is OpenShift's class of pods that serve its users. `oc debug node/NAME` and
 * `oc adm must-gather` name it in the pods that they make.
 */
const USER_CRITICAL = {
  name: 'openshift-user-critical',
  value: HIGHEST_USER_PRIORITY,
  description: 'This priority class should be used for user facing OpenShift workload pods only.',
};

/** ensurePriorityClasses writes the classes of pods that every cluster has. Idempotent. */
export async function ensurePriorityClasses(client: Client): Promise<void> {
  await Promise.all(
    [...SYSTEM_PRIORITY_CLASSES, USER_CRITICAL].map(async ({ name, value, description }) => {
      await createUnlessExists(client, PRIORITY_CLASSES, {
        apiVersion: 'scheduling.k8s.io/v1',
        kind: 'PriorityClass',
        metadata: { name },
        value,
        description,
      });
    }),
  );
}
