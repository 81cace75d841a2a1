import type {
  Container,
  ObjectFieldSelector,
  Pod,
  ResourceFieldSelector,
} from '../../apis/core/v1/types.ts';
import { parseQuantity, quantityMilliValue, quantityValue } from '../../machinery/quantity.ts';

/** FieldContext is what field references read besides the pod's specification. */
export interface FieldContext {
  readonly pod: Pod;
  readonly podIP: string;
  readonly hostIP: string;
  /** What the node can give: the value of a limit that is not set. */
  readonly allocatable: Readonly<Record<string, string>>;
}

/** quotedLines prints a map as the downward API does: sorted, `key="value"` a line. */
function quotedLines(map: Readonly<Record<string, string>> | undefined): string {
  return Object.entries(map ?? {})
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => `${key}=${JSON.stringify(value)}`)
    .join('\n');
}

function subscripted(pod: Pod, path: string): string | undefined {
  const match = /^metadata\.(labels|annotations)\['(.*)'\]$/.exec(path);
  if (match === null) return undefined;
  const map = match[1] === 'labels' ? pod.metadata.labels : pod.metadata.annotations;
  return map?.[match[2] ?? ''] ?? '';
}

/** fieldValue is the text of a `fieldRef`; throws for a path that is not supported. */
export function fieldValue(selector: ObjectFieldSelector, context: FieldContext): string {
  const { pod, podIP, hostIP } = context;
  const { metadata, spec } = pod;
  const path = selector.fieldPath;
  const simple: Record<string, string | undefined> = {
    'metadata.name': metadata.name,
    'metadata.namespace': metadata.namespace,
    'metadata.uid': metadata.uid,
    'metadata.labels': quotedLines(metadata.labels),
    'metadata.annotations': quotedLines(metadata.annotations),
    'spec.nodeName': spec?.nodeName,
    'spec.serviceAccountName': spec?.serviceAccountName,
    'status.podIP': podIP,
    'status.podIPs': podIP,
    'status.hostIP': hostIP,
    'status.hostIPs': hostIP,
  };
  const value = path in simple ? (simple[path] ?? '') : subscripted(pod, path);
  if (value === undefined) throw new Error(`unsupported fieldPath: ${path}`);
  return value;
}

function amountOf(container: Container, resource: string, context: FieldContext): string {
  const [kind = '', ...rest] = resource.split('.');
  const name = rest.join('.');
  const { limits = {}, requests = {} } = container.resources ?? {};
  if (kind === 'limits') return limits[name] ?? context.allocatable[name] ?? '0';
  return requests[name] ?? '0';
}

/** resourceValue is the text of a `resourceFieldRef`, in units of its divisor, rounded up. */
export function resourceValue(
  selector: ResourceFieldSelector,
  container: Container,
  context: FieldContext,
): string {
  const amount = parseQuantity(amountOf(container, selector.resource, context));
  const given = selector.divisor === undefined || selector.divisor === '0';
  const divisor = parseQuantity(given ? '1' : (selector.divisor ?? '1'));
  if (selector.resource.endsWith('.cpu')) {
    return String(Math.ceil(quantityMilliValue(amount) / quantityMilliValue(divisor)));
  }
  return String(Math.ceil(quantityValue(amount) / quantityValue(divisor)));
}
