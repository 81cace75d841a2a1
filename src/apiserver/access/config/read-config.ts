import { type ObjectSchema, validateSchema } from '../../../apis/schema/index.ts';
import { isJsonObject } from '../../../machinery/json-value.ts';

/** ConfigError: a configuration file cannot be used; the message says why, as kube-apiserver does. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

/** ConfigKind is one kind of configuration file. */
export interface ConfigKind {
  readonly kind: string;
  /** In which it is understood. */
  readonly apiVersions: readonly string[];
  /** What messages call those who know the kinds of this API. */
  readonly scheme: string;
  readonly schema: ObjectSchema;
}

const GROUP = 'apiserver.config.k8s.io';

/** OF_ACCESS is what the kinds have in common that configure authentication and authorization. */
export const OF_ACCESS = {
  apiVersions: [`${GROUP}/v1`, `${GROUP}/v1beta1`, `${GROUP}/v1alpha1`],
  scheme: 'k8s.io/apiserver',
} as const;

async function parsed(text: string): Promise<unknown> {
  const { parse } = await import('yaml');
  try {
    return parse(text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ConfigError(`yaml: ${reason}`, { cause: error });
  }
}

/**
 * readConfig decodes a file, in YAML or JSON: fields that nobody knows are refused. `T` is what the
 * schema describes. Throws a ConfigError.
 */
export async function readConfig<T>(
  text: string,
  { kind, apiVersions, scheme, schema }: ConfigKind,
): Promise<T> {
  const value = await parsed(text);
  const { apiVersion = '', kind: found = '', ...content } = isJsonObject(value) ? value : {};
  if (found === '') throw new ConfigError(`Object 'Kind' is missing in '${text}'`);
  if (apiVersion === '') throw new ConfigError(`Object 'apiVersion' is missing in '${text}'`);
  if (found !== kind || !apiVersions.includes(String(apiVersion))) {
    throw new ConfigError(
      `no kind "${String(found)}" is registered for version "${String(apiVersion)}" in scheme "${scheme}"`,
    );
  }
  const { errors, unknownFields } = validateSchema(schema, content);
  const [wrong] = errors;
  if (wrong) throw new ConfigError(wrong.body);
  if (unknownFields.length > 0) {
    const list = unknownFields.map((path) => `unknown field "${path}"`).join(', ');
    throw new ConfigError(`strict decoding error: ${list}`);
  }
  return content as T;
}
