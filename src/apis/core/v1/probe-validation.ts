import {
  type FieldError,
  forbidden,
  invalid,
  notSupported,
  required,
} from '../../../machinery/field-error.ts';
import {
  httpHeaderNameErrors,
  portNameErrors,
  portNumberErrors,
} from '../../../machinery/names.ts';
import type { Container, HTTPGetAction, Lifecycle, Probe } from './types.ts';
import { nonNegative, texts } from './validation-rules.ts';

/** portNumberOrName checks a port that is a number or the name of a container's port. */
export function portNumberOrName(path: string, port: number | string): FieldError[] {
  return typeof port === 'number'
    ? texts(path, port, portNumberErrors(port))
    : texts(path, port, portNameErrors(port));
}

function validateHttpGet(action: HTTPGetAction, path: string): FieldError[] {
  const errors: FieldError[] = action.path ? [] : [required(`${path}.path`)];
  errors.push(...portNumberOrName(`${path}.port`, action.port ?? 0));
  const scheme = action.scheme ?? '';
  if (scheme !== 'HTTP' && scheme !== 'HTTPS')
    errors.push(notSupported(`${path}.scheme`, scheme, ['HTTP', 'HTTPS']));
  for (const { name } of action.httpHeaders ?? [])
    errors.push(...texts(`${path}.httpHeaders`, name, httpHeaderNameErrors(name)));
  return errors;
}

/** Handler is what probes and lifecycle hooks have in common. */
type Handler = Pick<Probe, 'exec' | 'httpGet' | 'tcpSocket' | 'grpc'> & {
  readonly sleep?: { seconds: number };
};

/** sleepErrors: a hook may not sleep longer than the pod has to end. */
function sleepErrors(seconds: number, grace: number, path: string): FieldError[] {
  if (seconds >= 0 && seconds <= grace) return [];
  const detail = `must be non-negative and less than terminationGracePeriodSeconds (${grace})`;
  return [invalid(path, seconds, detail)];
}

function validateHandler(handler: Handler, path: string, grace = 0): FieldError[] {
  const { exec, httpGet, tcpSocket, grpc, sleep } = handler;
  const kinds: [string, boolean, () => FieldError[]][] = [
    [
      'exec',
      exec !== undefined,
      () => ((exec?.command ?? []).length > 0 ? [] : [required(`${path}.exec.command`)]),
    ],
    [
      'httpGet',
      httpGet !== undefined,
      () => (httpGet ? validateHttpGet(httpGet, `${path}.httpGet`) : []),
    ],
    [
      'tcpSocket',
      tcpSocket !== undefined,
      () => portNumberOrName(`${path}.tcpSocket.port`, tcpSocket?.port ?? 0),
    ],
    ['grpc', grpc !== undefined, () => portNumberOrName(`${path}.grpc.port`, grpc?.port ?? 0)],
    ['sleep', sleep !== undefined, () => sleepErrors(sleep?.seconds ?? 0, grace, `${path}.sleep`)],
  ];
  const present = kinds.filter(([, isSet]) => isSet);
  if (present.length === 0) return [required(path, 'must specify a handler type')];
  return present.flatMap(([name, , check], index) =>
    index === 0
      ? check()
      : [forbidden(`${path}.${name}`, 'may not specify more than 1 handler type')],
  );
}

function validateProbe(probe: Probe, path: string): FieldError[] {
  const errors = [
    ...validateHandler(probe, path),
    ...nonNegative(`${path}.initialDelaySeconds`, probe.initialDelaySeconds),
    ...nonNegative(`${path}.timeoutSeconds`, probe.timeoutSeconds),
    ...nonNegative(`${path}.periodSeconds`, probe.periodSeconds),
    ...nonNegative(`${path}.successThreshold`, probe.successThreshold),
    ...nonNegative(`${path}.failureThreshold`, probe.failureThreshold),
  ];
  const grace = probe.terminationGracePeriodSeconds;
  if (grace !== undefined && grace <= 0)
    errors.push(invalid(`${path}.terminationGracePeriodSeconds`, grace, 'must be greater than 0'));
  return errors;
}

function validateOnceProbe(probe: Probe | undefined, path: string): FieldError[] {
  if (probe === undefined) return [];
  const errors = validateProbe(probe, path);
  if ((probe.successThreshold ?? 1) !== 1)
    errors.push(invalid(`${path}.successThreshold`, probe.successThreshold, 'must be 1'));
  return errors;
}

function validateReadinessProbe(probe: Probe | undefined, path: string): FieldError[] {
  if (probe === undefined) return [];
  const errors = validateProbe(probe, path);
  const grace = probe.terminationGracePeriodSeconds;
  if (grace !== undefined) {
    const detail = 'must not be set for readinessProbes';
    errors.push(invalid(`${path}.terminationGracePeriodSeconds`, grace, detail));
  }
  return errors;
}

function validateLifecycle(lifecycle: Lifecycle, path: string, grace: number): FieldError[] {
  const { postStart, preStop } = lifecycle;
  return [
    ...(postStart ? validateHandler(postStart, `${path}.postStart`, grace) : []),
    ...(preStop ? validateHandler(preStop, `${path}.preStop`, grace) : []),
  ];
}

/** validateProbes checks probes and hooks of a container that runs beside others; `grace` in seconds. */
export function validateProbes(container: Container, path: string, grace: number): FieldError[] {
  const { lifecycle } = container;
  return [
    ...(lifecycle ? validateLifecycle(lifecycle, `${path}.lifecycle`, grace) : []),
    ...validateOnceProbe(container.livenessProbe, `${path}.livenessProbe`),
    ...validateReadinessProbe(container.readinessProbe, `${path}.readinessProbe`),
    ...validateOnceProbe(container.startupProbe, `${path}.startupProbe`),
  ];
}

const ONLY_SIDECARS = 'may not be set for init containers without restartPolicy=Always';

/** refuseProbes checks that an init container, which ends, has neither probes nor hooks. */
export function refuseProbes(container: Container, path: string): FieldError[] {
  return (['lifecycle', 'livenessProbe', 'readinessProbe', 'startupProbe'] as const)
    .filter((name) => container[name] !== undefined)
    .map((name) => forbidden(`${path}.${name}`, ONLY_SIDECARS));
}
