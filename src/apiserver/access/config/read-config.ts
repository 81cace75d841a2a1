import { type ObjectSchema, validateSchema } from '../../../apis/schema/index.ts';
import { isJsonObject } from '../../../machinery/json-value.ts';

/** ConfigError: a configuration file cannot be used; the message says why, as kube-apiserver does. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

/** ConfigKind is one kind of configuration file of apiserver.config.k8s.io. */
export interface ConfigKind {
  readonly kind: string;
  readonly versions: readonly string[];
  readonly schema: ObjectSchema;
}

const GROUP = 'apiserver.config.k8s.io';

async function parsed(text: string): Promise<unknown> {
  const { parse } = await import('yaml');
  try {
    return parse(text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ConfigError(`error converting YAML to JSON: yaml: ${reason}`, { cause: error });
  }
}

/**
 * readConfig decodes a file, in YAML or JSON: fields that nobody knows are refused. `T` is what the
 * schema describes. Throws a ConfigError.
 */
export async function readConfig<T>(
  text: string,
  { kind, versions, schema }: ConfigKind,
): Promise<T> {
  const value = await parsed(text);
  if (!isJsonObject(value)) throw new ConfigError("Object 'Kind' is missing");
  const { apiVersion = '', kind: found = '', ...content } = value;
  const known = versions.map((version) => `${GROUP}/${version}`);
  if (found === '') throw new ConfigError(`Object 'Kind' is missing in '${JSON.stringify(value)}'`);
  if (found !== kind || !known.includes(String(apiVersion))) {
    throw new ConfigError(
      `no kind "${String(found)}" is registered for version "${String(apiVersion)}" in scheme "k8s.io/apiserver"`,
    );
  }
  const { errors, unknownFields } = validateSchema(schema, content);
  const [wrong] = errors;
  if (wrong) throw new ConfigError(`strict decoding error: ${wrong.body}`);
  if (unknownFields.length > 0) {
    const list = unknownFields.map((path) => `unknown field "${path}"`).join(', ');
    throw new ConfigError(`strict decoding error: ${list}`);
  }
  return content as T;
}
