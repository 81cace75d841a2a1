import { describe, expect, it, vi } from 'vitest';
import { CONFIG_MAPS } from '../../apis/resource-types.ts';
import type { AdmissionRequest, Authorizer } from '../../apiserver/contracts.ts';
import { BOOL, DYN, STRING } from '../../cel/types/type.ts';
import { compileExpression } from './compile-expression.ts';
import {
  BudgetExhausted,
  Evaluator,
  type Outcome,
  POLICY_BUDGET,
  type Subject,
} from './evaluation.ts';

const OBJECT = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'c' }, data: { a: '1' } };
const KIND = { group: '', version: 'v1', kind: 'ConfigMap' };
const allowed: Authorizer = { authorize: () => ({ allowed: true }) };

function subjectOf(authorizer: Authorizer = allowed): Subject {
  const request = {
    operation: 'CREATE',
    type: CONFIG_MAPS,
    kind: KIND,
    subresource: '',
    namespace: 'n',
    name: 'c',
    context: { user: { name: 'joe', groups: ['g'] } },
  } as unknown as AdmissionRequest;
  const view = {
    type: CONFIG_MAPS,
    kind: KIND,
    object: OBJECT,
    old: undefined,
    restored: () => OBJECT,
  };
  return { request, view, namespace: undefined, authorizer };
}

const compiled = (text: string, scope = {}) =>
  compileExpression(text, { params: false, authorizer: true, ...scope }, [DYN, BOOL, STRING]);
const newEvaluator = (authorizer?: Authorizer, budget = POLICY_BUDGET) =>
  new Evaluator(subjectOf(authorizer), { budget });
const CHECK = 'authorizer.group("").resource("pods").namespace("n").check("get")';

describe('Evaluator', () => {
  it('ends all evaluation when the expressions have cost more than they may together', async () => {
    const evaluator = newEvaluator(allowed, 12);
    const cheap = compiled('object.data.a == "1"');
    const answers: Outcome[] = [];
    const ended = await (async () => {
      for (;;) answers.push(await evaluator.evaluate(cheap));
    })().catch((error: unknown) => error);
    expect(answers.length).toBeGreaterThan(0);
    expect(answers).toEqual(answers.map(() => ({ value: true })));
    expect(ended).toBeInstanceOf(BudgetExhausted);
    expect((ended as Error).message).toBe(
      'validation failed due to running out of cost budget, no further validation rules will be run',
    );
  });

  it('waits for an authorizer that takes its time, and asks each question once', async () => {
    const authorize = vi.fn(async () => ({ allowed: true, reason: 'because' }));
    const evaluator = newEvaluator({ authorize });
    const both = `${CHECK}.allowed() && ${CHECK}.reason() == "because"`;
    expect(await evaluator.evaluate(compiled(both))).toEqual({ value: true });
    expect(await evaluator.evaluate(compiled(`${CHECK}.allowed()`))).toEqual({ value: true });
    expect(authorize).toHaveBeenCalledTimes(1);
    expect(authorize).toHaveBeenCalledWith(
      expect.objectContaining({ verb: 'get', resource: 'pods', namespace: 'n' }),
    );
  });

  it('lets expressions see that an authorizer failed', async () => {
    const evaluator = newEvaluator({
      authorize: async () => {
        throw new Error('it is away');
      },
    });
    expect(await evaluator.evaluate(compiled(`${CHECK}.allowed()`))).toEqual({ value: false });
    expect(await evaluator.evaluate(compiled(`${CHECK}.errored()`))).toEqual({ value: true });
    expect(await evaluator.evaluate(compiled(`${CHECK}.error()`))).toEqual({
      value: 'it is away',
    });
  });

  it('asks for a service account as the groups that it belongs to', async () => {
    const authorize = vi.fn(() => ({ allowed: false }));
    const text = 'authorizer.serviceAccount("n", "robot").path("/healthz").check("get").allowed()';
    expect(await newEvaluator({ authorize }).evaluate(compiled(text))).toEqual({ value: false });
    expect(authorize).toHaveBeenCalledWith(
      expect.objectContaining({
        path: '/healthz',
        user: {
          name: 'system:serviceaccount:n:robot',
          groups: ['system:serviceaccounts', 'system:serviceaccounts:n', 'system:authenticated'],
        },
      }),
    );
  });

  it('tells what is wrong with an expression', async () => {
    expect(await newEvaluator().evaluate(compiled('object.data.b == "1"'))).toEqual({
      error: `expression 'object.data.b == "1"' resulted in error: no such key: b`,
    });
  });
});
