import { describe, expect, it } from 'vitest';
import { type Review, readAnswer } from './review.ts';

const REVIEW: Review = { uid: 'u', version: 'v1', body: {} };
const V1 = { apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview' };
const GOOD = { uid: 'u', allowed: true };

describe('readAnswer', () => {
  it('takes what it needs, and leaves what it does not know', () => {
    const response = { ...GOOD, warnings: ['w'], frob: 1 };
    expect(readAnswer({ ...V1, frob: 2, response }, REVIEW, false)).toMatchObject({
      allowed: true,
      warnings: ['w'],
      patch: '',
    });
  });

  it.each<[string, object, string]>([
    ['no response', V1, 'webhook response was absent'],
    ['another uid', { ...V1, response: { uid: 'x' } }, 'expected response.uid="u", got "x"'],
    [
      'no kind',
      { response: GOOD },
      'expected webhook response of admission.k8s.io/v1, Kind=AdmissionReview, got /, Kind=',
    ],
    ['another kind', { ...V1, kind: 'Foo', response: GOOD }, 'no kind "Foo" is registered'],
    [
      'another version than was asked for',
      { ...V1, apiVersion: 'admission.k8s.io/v1beta1', response: GOOD },
      'converting (v1beta1.AdmissionReview) to (v1.AdmissionReview): unknown conversion',
    ],
    [
      'fields of the wrong type',
      { ...V1, response: { uid: 'u', allowed: 'yes' } },
      'json: cannot unmarshal string into Go struct field AdmissionResponse.response.allowed of type bool',
    ],
    [
      'a patch that is no base64',
      { ...V1, response: { ...GOOD, patchType: 'JSONPatch', patch: '!!!' } },
      'illegal base64 data at input byte 0',
    ],
  ])('refuses %s', (_what, answer, text) => {
    expect(() => readAnswer(answer, REVIEW, true)).toThrow(text);
  });
});
