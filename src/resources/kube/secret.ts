import { SECRET_COLUMNS } from '../../apis/core/v1/columns.ts';
import { defaultSecret } from '../../apis/core/v1/defaults.ts';
import type { Secret } from '../../apis/core/v1/types.ts';
import { validateSecret, validateSecretUpdate } from '../../apis/core/v1/validation.ts';
import { SECRETS } from '../../apis/resource-types.ts';
import type { ResourceDefinition } from '../../apiserver/resource-definition.ts';

/** Moves stringData, which is only written and never read, into data. */
function encodeStringData(secret: Secret): void {
  const { stringData } = secret;
  if (stringData === undefined) return;
  delete secret.stringData;
  const encoded = Object.entries(stringData).map(([key, text]) => [
    key,
    Buffer.from(text, 'utf8').toString('base64'),
  ]);
  if (encoded.length > 0) secret.data = { ...secret.data, ...Object.fromEntries(encoded) };
}

/** secretDefinition declares secrets. */
export const secretDefinition: ResourceDefinition<Secret> = {
  type: SECRETS,
  definition: 'io.k8s.api.core.v1.Secret',
  columns: SECRET_COLUMNS,
  strategy: {
    defaults(draft) {
      encodeStringData(draft);
      defaultSecret(draft);
    },
    validate: validateSecret,
    validateUpdate: validateSecretUpdate,
    selectableFields: (secret) => ({ type: secret.type ?? '' }),
  },
};
