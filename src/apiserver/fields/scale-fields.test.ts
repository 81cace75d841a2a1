import { describe, expect, it } from 'vitest';
import type { ManagedFieldsEntry } from '../../machinery/meta/v1.ts';
import { entriesOfScale, entriesOfScaled } from './scale-fields.ts';

const AT = { path: '.spec.size', apiVersion: 'a.example.com/v1' };
const SIZE = { 'f:spec': { 'f:size': {} } };
const REPLICAS = { 'f:spec': { 'f:replicas': {} } };

function entry(
  manager: string,
  operation: 'Apply' | 'Update',
  fieldsV1: object,
  more: Partial<ManagedFieldsEntry> = {},
): ManagedFieldsEntry {
  const { apiVersion } = AT;
  return { manager, operation, apiVersion, fieldsType: 'FieldsV1', fieldsV1, ...more } as never;
}

const asScale = (one: ManagedFieldsEntry): ManagedFieldsEntry => ({
  ...one,
  apiVersion: 'autoscaling/v1',
  fieldsV1: REPLICAS,
});

describe('owners of a scale', () => {
  it('are those of the replicas, under the version of the scale', () => {
    const owner = entry('a', 'Update', { 'f:spec': { 'f:size': {}, 'f:x': {} } }, { time: 't' });
    const other = entry('b', 'Apply', { 'f:spec': { 'f:x': {} } });
    expect(entriesOfScale([owner, other], AT.path, 'autoscaling/v1')).toEqual([asScale(owner)]);
  });

  it('that are gone from it lose the replicas, and with them their entry', () => {
    const more = entry('a', 'Update', { 'f:spec': { 'f:size': {}, 'f:x': {} } }, { time: 't' });
    const only = entry('b', 'Apply', SIZE);
    expect(entriesOfScaled([only, more], [], AT)).toEqual([
      { ...more, fieldsV1: { 'f:spec': { 'f:x': {} } } },
    ]);
  });

  it('that are new own the replicas of the object, without a time', () => {
    const scaler = entry('a', 'Apply', REPLICAS, { time: 't', subresource: 'scale' });
    expect(entriesOfScaled([], [{ ...scaler, apiVersion: 'autoscaling/v1' }], AT)).toEqual([
      entry('a', 'Apply', SIZE, { subresource: 'scale' }),
    ]);
  });

  it('that applied keep what else they applied; that updated get an entry of its own', () => {
    const both = { 'f:spec': { 'f:size': {}, 'f:x': {} } };
    const applier = entry('a', 'Apply', both, { time: 't' });
    const updater = entry('b', 'Update', both, { time: 't' });
    const entries = [applier, updater];
    const scale = entriesOfScale(entries, AT.path, 'autoscaling/v1');
    const written = entriesOfScaled(entries, scale, AT);
    expect(written).toEqual([
      applier,
      entry('b', 'Update', SIZE),
      { ...updater, fieldsV1: { 'f:spec': { 'f:x': {} } } },
    ]);
    const again = entriesOfScale(written, AT.path, 'autoscaling/v1');
    expect(entriesOfScaled(written, again, AT)).toEqual(written);
  });
});
