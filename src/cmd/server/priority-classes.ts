import { PRIORITY_CLASSES } from '../../apis/resource-types.ts';
import { SYSTEM_PRIORITY_CLASSES } from '../../apis/scheduling.k8s.io/v1/priority-class.ts';
import type { Client } from '../../client/client.ts';
import { createUnlessExists } from '../../client/create-unless-exists.ts';

/** ensurePriorityClasses writes the classes of pods that the cluster itself needs. Idempotent. */
export async function ensurePriorityClasses(client: Client): Promise<void> {
  await Promise.all(
    SYSTEM_PRIORITY_CLASSES.map(async ({ name, value, description }) => {
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
