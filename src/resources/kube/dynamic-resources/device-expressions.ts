import { type CelType, compile, type Environment } from '../../../cel/cel.ts';
import {
  ANY,
  BOOL,
  mapOf,
  namedStruct,
  STRING,
  sameType,
  structType,
} from '../../../cel/types/type.ts';
import { type FieldError, forbidden, invalid } from '../../../machinery/field-error.ts';

const MAX_COST = 1_000_000;
const MAX_FACTS = 32;

const sized = (type: CelType, maxElements: number): CelType => ({
  ...type,
  size: { maxElements, minBytes: 0 },
});

/** A map by domain of maps by name: of what a driver says of a device. */
function facts(value: CelType): CelType {
  const inner = sized(mapOf(sized(STRING, 32), value), MAX_FACTS);
  return sized(mapOf(sized(STRING, 63), inner), MAX_FACTS);
}

let environment: Environment | undefined;

/** What expressions know: the device that they are asked about. */
function environmentOfDevices(): Environment {
  const device = namedStruct('kubernetes.DRADevice', {
    driver: sized(STRING, 63),
    attributes: facts(sized(ANY, 64)),
    capacity: facts(structType('kubernetes.Quantity')),
  });
  environment ??= { variables: new Map([['device', device]]), hasBindings: true };
  return environment;
}

/**
 * deviceExpressionErrors checks an expression that selects devices: that it compiles, says yes or
 * no, and cannot cost too much (k8s.io/dynamic-resource-allocation/cel upstream).
 */
export function deviceExpressionErrors(path: string, expression: string): FieldError[] {
  const compiled = compile(expression, environmentOfDevices());
  if (!compiled.program) {
    const stage = compiled.stage === 'compilation' ? 'compilation' : 'program instantiation';
    return [invalid(path, expression, `${stage} failed: ${compiled.message}`)];
  }
  const { resultType } = compiled.program;
  if (!sameType(resultType, BOOL) && resultType.kind !== 'any') {
    const detail = `must evaluate to bool or the unknown type, not ${resultType.name}`;
    return [invalid(path, expression, detail)];
  }
  return compiled.program.estimate().max > MAX_COST
    ? [forbidden(path, 'too complex, exceeds cost limit')]
    : [];
}
