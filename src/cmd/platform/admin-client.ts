import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Client } from '../../client/client.ts';
import { newHttpTransport } from '../../client/http-transport.ts';
import { newClient } from '../../client/rest-client.ts';
import type { Paths } from './paths.ts';

/** newAdminClient reaches the platform's API with the installation's own admin certificate. */
export async function newAdminClient(paths: Paths, apiUrl: string): Promise<Client> {
  const read = (file: string) => readFile(join(paths.pki, file), 'utf8');
  return newClient(
    newHttpTransport({
      server: apiUrl,
      caPem: await read('ca.crt'),
      certPem: await read('admin.crt'),
      keyPem: await read('admin.key'),
    }),
  );
}
