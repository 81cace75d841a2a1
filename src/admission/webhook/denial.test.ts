import { describe, expect, it } from 'vitest';
import { CallFailure, newDenial } from './denial.ts';

describe('newDenial', () => {
  it.each([
    [undefined, 400, 'denied the request without explanation'],
    [{ message: 'no', code: 418 }, 418, 'denied the request: no'],
    [{ message: 'no', code: 200 }, 400, 'denied the request: no'],
    [{ reason: 'Conflict' }, 400, 'denied the request: Conflict'],
  ])('of an answer %j has code %i', (answer, code, text) => {
    const { status } = newDenial('w', answer);
    expect(status).toMatchObject({ status: 'Failure', code });
    expect(status.message).toBe(`admission webhook "w" ${text}`);
  });

  it.each([
    ['Success', 'Failure'],
    ['Odd', 'Odd'],
  ])('makes of the status %s %s', (status, shown) => {
    expect(newDenial('w', { status }).status.status).toBe(shown);
  });
});

describe('CallFailure', () => {
  it.each([
    [undefined, 400],
    [new Error('away'), 400],
    [Object.assign(new Error('away'), { code: 'ECONNREFUSED' }), 400],
    [Object.assign(new Error('none'), { code: 0 }), 400],
    [Object.assign(new Error('teapot'), { code: 503 }), 503],
  ])('caused by %s counts as %i', (cause, code) => {
    const failure = new CallFailure('w', 'it failed', { cause });
    expect(failure.code).toBe(code);
    expect(failure.message).toBe('failed calling webhook "w": it failed');
  });
});
