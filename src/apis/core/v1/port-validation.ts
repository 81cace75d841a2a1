import { type FieldError, notSupported, required } from '../../../machinery/field-error.ts';
import { labelKeyErrors, portNumberErrors } from '../../../machinery/names.ts';
import { dnsLabel, texts } from './validation-rules.ts';

/** PROTOCOLS are those of ports, in the order in which upstream names them. */
export const PROTOCOLS: readonly string[] = ['SCTP', 'TCP', 'UDP'];

/** namedPortErrors checks name, number and protocol of a port of a Service or of Endpoints. */
export function namedPortErrors(
  path: string,
  port: { readonly name?: string; readonly port?: number; readonly protocol?: string },
  needsName: boolean,
): FieldError[] {
  const errors: FieldError[] = [];
  if (port.name) errors.push(...dnsLabel(`${path}.name`, port.name));
  else if (needsName) errors.push(required(`${path}.name`));
  errors.push(...texts(`${path}.port`, port.port ?? 0, portNumberErrors(port.port ?? 0)));
  if (!PROTOCOLS.includes(port.protocol ?? ''))
    errors.push(notSupported(`${path}.protocol`, port.protocol, PROTOCOLS));
  return errors;
}

/** appProtocolErrors checks the protocol of the application behind a port, where one is named. */
export function appProtocolErrors(path: string, appProtocol: string | undefined): FieldError[] {
  if (appProtocol === undefined) return [];
  return texts(`${path}.appProtocol`, appProtocol, labelKeyErrors(appProtocol));
}
