import { parse as parseYaml } from 'yaml';
import { decodeProtobuf, hasProtobuf } from '../../apis/protobuf/decode-protobuf.ts';
import { apiVersionOf } from '../../machinery/object.ts';
import { type CoreRequest, headerOf } from '../request/core-request.ts';
import { parseMediaType } from '../request/media-type.ts';
import type { ResourceDefinition } from '../resource-definition.ts';

const TYPED = new Set(['create', 'update']);

function decoded(request: CoreRequest, bytes: Buffer, definition: string): unknown {
  const { type } = parseMediaType(headerOf(request.headers, 'content-type'));
  if (type === 'application/vnd.kubernetes.protobuf') {
    return hasProtobuf(definition) ? decodeProtobuf(definition, bytes) : undefined;
  }
  const text = bytes.toString('utf8');
  return type.endsWith('yaml') ? parseYaml(text) : JSON.parse(text);
}

/**
 * auditBody reads the body of a write as it is recorded: with the type that the path gives it, where
 * it has none of its own. Undefined: it cannot be read, and was refused.
 */
export function auditBody(
  request: CoreRequest,
  bytes: Buffer,
  definition: ResourceDefinition | undefined,
): unknown {
  try {
    const value = decoded(request, bytes, definition?.definition ?? '');
    const { verb, subresource } = request.info;
    if (!definition || !TYPED.has(verb) || subresource !== '') return value;
    const { type } = definition;
    return { kind: type.kind, apiVersion: apiVersionOf(type), ...(value as object) };
  } catch {
    return undefined;
  }
}
