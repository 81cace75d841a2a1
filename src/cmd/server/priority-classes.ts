import { PRIORITY_CLASSES } from '../../apis/resource-types.ts';
import { SYSTEM_PRIORITY_CLASSES } from '../../apis/scheduling.k8s.io/v1/priority-class.ts';
import type { Client } from '../../client/client.ts';
import { isAlreadyExists } from '../../machinery/status-error.ts';

/** ensurePriorityClasses writes the classes of pods that the cluster itself needs. Idempotent. */
export async function ensurePriorityClasses(client: Client): Promise<void> {
  await Promise.all(
    SYSTEM_PRIORITY_CLASSES.map(async ({ name, value, description }) => {
      try {
        await client.create(PRIORITY_CLASSES, {
          apiVersion: 'scheduling.k8s.io/v1',
          kind: 'PriorityClass',
          metadata: { name },
          value,
          description,
        });
      } catch (error) {
        if (!isAlreadyExists(error)) throw error;
      }
    }),
  );
}
