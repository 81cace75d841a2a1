import { describe, expect, it } from 'vitest';
import { checkCustomKind, checkCustomVersion, checkPatchedKind } from './custom-kind.ts';

const FORM = { group: 'a.example.com', version: 'v1', kind: 'Boat' };
const metadata = { name: 'b' };

describe('the kind of a custom resource', () => {
  it('is that of the path', () => {
    const value = { apiVersion: 'a.example.com/v1', kind: 'Boat', metadata };
    expect(() => checkCustomVersion(value, FORM)).not.toThrow();
    expect(() => checkCustomKind(value, FORM)).not.toThrow();
    expect(() => checkPatchedKind(value, FORM)).not.toThrow();
  });

  it.each([
    [{ kind: 'Boat' }, 'the API version in the data () does not match the expected API version'],
    [{ kind: 'Boat', apiVersion: 'v1' }, 'the API version in the data (v1) does not match'],
    [
      { kind: 'Ship', apiVersion: 'a.example.com/v1', metadata },
      'Ship.a.example.com "b" is invalid: kind: Invalid value: "Ship": must be Boat',
    ],
  ])('is refused in what is sent: %j', (value, text) => {
    const check = () => {
      checkCustomVersion(value, FORM);
      checkCustomKind(value, FORM);
    };
    expect(check).toThrow(text);
  });

  it.each([
    [
      { kind: 'Boat', apiVersion: 'x', metadata },
      'Boat "b" is invalid: apiVersion: Invalid value: "x": must be a.example.com/v1',
    ],
    [
      { kind: 'Boat', apiVersion: 'a.example.com/v2', metadata },
      'Boat.a.example.com "b" is invalid: apiVersion: Invalid value: "a.example.com/v2": must be a.example.com/v1',
    ],
  ])('is refused in what a patch made: %j', (value, text) => {
    expect(() => checkPatchedKind(value, FORM)).toThrow(text);
  });
});
