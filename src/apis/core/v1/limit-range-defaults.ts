import { canonicalMilli } from './resource-list.ts';
import type { LimitRange, LimitRangeItem, ResourceQuota } from './types.ts';

const PARTS = ['default', 'defaultRequest', 'max', 'maxLimitRequestRatio', 'min'] as const;

function defaultItem(item: LimitRangeItem): void {
  for (const part of PARTS) {
    const list = item[part];
    if (list) item[part] = canonicalMilli(list);
  }
  if (item.type !== 'Container') return;
  item.default = { ...item.max, ...item.default };
  item.defaultRequest = { ...item.min, ...item.default, ...item.defaultRequest };
}

/** defaultLimitRange infers a container's defaults from its bounds. */
export function defaultLimitRange(range: LimitRange): void {
  range.spec ??= { limits: [] };
  for (const item of range.spec.limits ?? []) defaultItem(item);
}

/** defaultResourceQuota prints amounts canonically. */
export function defaultResourceQuota(quota: ResourceQuota): void {
  quota.spec ??= {};
  quota.status ??= {};
  if (quota.spec.hard) quota.spec.hard = canonicalMilli(quota.spec.hard);
  if (quota.status.hard) quota.status.hard = canonicalMilli(quota.status.hard);
  if (quota.status.used) quota.status.used = canonicalMilli(quota.status.used);
}
