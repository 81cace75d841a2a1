import { SERVICE_ACCOUNT_COLUMNS } from '../../../apis/core/v1/columns.ts';
import type { ServiceAccount } from '../../../apis/core/v1/types.ts';
import { SERVICE_ACCOUNTS } from '../../../apis/resource-types.ts';
import type { ResourceDefinition } from '../../../apiserver/resource-definition.ts';
import type { KubeDeps } from '../deps.ts';
import { newTokenHandler } from './token.ts';

const ENFORCE = 'kubernetes.io/enforce-mountable-secrets';

function accountWarnings({ metadata }: ServiceAccount): string[] {
  if (metadata.annotations?.[ENFORCE] === undefined) return [];
  return [
    `metadata.annotations[${ENFORCE}]: deprecated in v1.32+; prefer separate namespaces to isolate access to mounted secrets`,
  ];
}

/** keepNamesOfSecrets drops all that upstream drops of references to secrets: everything but the name. */
function keepNamesOfSecrets(draft: ServiceAccount): void {
  if (!draft.secrets) return;
  draft.secrets = draft.secrets.map(({ name }) => (name ? { name } : {}));
}

/** serviceAccountDefinition declares serviceaccounts and their token subresource. */
export function serviceAccountDefinition(deps: KubeDeps): ResourceDefinition<ServiceAccount> {
  return {
    type: SERVICE_ACCOUNTS,
    definition: 'io.k8s.api.core.v1.ServiceAccount',
    shortNames: ['sa'],
    columns: SERVICE_ACCOUNT_COLUMNS,
    strategy: {
      returnsDeletedObject: true,
      prepareForCreate: keepNamesOfSecrets,
      prepareForUpdate: keepNamesOfSecrets,
      warnings: accountWarnings,
    },
    subresources: {
      token: {
        kind: 'create',
        input: {
          group: 'authentication.k8s.io',
          version: 'v1',
          kind: 'TokenRequest',
          definition: 'io.k8s.api.authentication.v1.TokenRequest',
        },
        create: newTokenHandler(deps),
      },
    },
  };
}
