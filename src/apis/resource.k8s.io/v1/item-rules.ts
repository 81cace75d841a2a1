import { duplicate, type FieldError, required, tooMany } from '../../../machinery/field-error.ts';
import { indexPath } from '../../../machinery/field-path.ts';
import { dnsSubdomainErrors, labelKeyErrors } from '../../../machinery/names.ts';
import { dnsLabel, texts } from '../../core/v1/validation-rules.ts';

/** ItemCheck finds what is wrong with an item of a list at a path. */
export type ItemCheck<T> = (item: T, path: string) => readonly FieldError[];

/** items checks each item of a list, and that there are not too many. */
export function items<T>(
  path: string,
  list: readonly T[] | undefined,
  check: ItemCheck<T>,
  most = Number.POSITIVE_INFINITY,
): FieldError[] {
  const all = list ?? [];
  return [
    ...all.flatMap((item, index) => check(item, indexPath(path, index))),
    ...(all.length > most ? [tooMany(path, all.length, most)] : []),
  ];
}

/** distinct reports items whose key another has; `field` is where the key stands in an item, `shown` what messages have of it. */
export function distinct<T>(
  path: string,
  list: readonly T[] | undefined,
  { key, field = '', shown }: { key(item: T): string; field?: string; shown?: object },
): FieldError[] {
  const seen = new Set<string>();
  return (list ?? []).flatMap((item, index) => {
    const found = key(item);
    if (!seen.has(found)) {
      seen.add(found);
      return [];
    }
    const place = indexPath(path, index);
    return [duplicate(field === '' ? place : `${place}.${field}`, shown ?? found)];
  });
}

/** label checks a name of a request, a device or the like; an empty one is no DNS label. */
export function label(path: string, value: string | undefined): FieldError[] {
  return dnsLabel(path, value ?? '');
}

/** labelName checks what has the form of the key of a label. */
export function labelName(path: string, value: string | undefined): FieldError[] {
  return texts(path, value ?? '', labelKeyErrors(value ?? ''));
}

/** requiredSubdomain checks a DNS subdomain that must be there. */
export function requiredSubdomain(path: string, value: string | undefined): FieldError[] {
  return value ? texts(path, value, dnsSubdomainErrors(value)) : [required(path)];
}
