import {
  BOOL,
  BYTES,
  type CelType,
  DOUBLE,
  DURATION,
  DYN,
  INT,
  listOf,
  mapOf,
  NULL,
  optionalOf,
  STRING,
  TIMESTAMP,
  TYPE,
  typeOfType,
  UINT,
} from '../types/type.ts';
import { AUTHORIZERS } from './authorizer.ts';
import { CONVERSIONS } from './conversions.ts';
import { NAMED_FORMATS } from './formats.ts';
import { LISTS } from './lists.ts';
import { NETWORK } from './network.ts';
import { OPERATORS } from './operators.ts';
import { OPTIONALS } from './optionals.ts';
import type { Overload } from './overload.ts';
import { QUANTITIES } from './quantities.ts';
import { REGEXES } from './regex.ts';
import { SEMVERS } from './semver.ts';
import { STRINGS } from './strings.ts';
import { TIMES } from './times.ts';
import { URLS } from './urls.ts';

/** Library is what expressions may call, by name, and the types that they may name. */
export interface Library {
  readonly functions: ReadonlyMap<string, readonly Overload[]>;
  readonly types: ReadonlyMap<string, CelType>;
}

const PARTS = [NETWORK, URLS, QUANTITIES, SEMVERS, NAMED_FORMATS, AUTHORIZERS];

const BASIC_TYPES: readonly CelType[] = [
  BOOL,
  BYTES,
  DOUBLE,
  INT,
  NULL,
  STRING,
  UINT,
  DURATION,
  TIMESTAMP,
  TYPE,
  listOf(DYN),
  mapOf(DYN, DYN),
  optionalOf(DYN),
];

/** newLibrary puts overloads and types together; more may be added to those of Kubernetes 1.34. */
export function newLibrary(more: readonly Overload[] = []): Library {
  const functions = new Map<string, Overload[]>();
  const all = [
    ...OPERATORS,
    ...CONVERSIONS,
    ...TIMES,
    ...STRINGS,
    ...LISTS,
    ...REGEXES,
    ...OPTIONALS,
    ...PARTS.flatMap(({ overloads }) => overloads),
    ...more,
  ];
  for (const overload of all) {
    const known = functions.get(overload.name);
    if (known) known.push(overload);
    else functions.set(overload.name, [overload]);
  }
  const types = [...BASIC_TYPES, ...PARTS.flatMap((part): readonly CelType[] => part.types)];
  return { functions, types: new Map(types.map((type) => [type.name, typeOfType(type)])) };
}
