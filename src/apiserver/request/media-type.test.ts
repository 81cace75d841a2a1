import { describe, expect, it } from 'vitest';
import { isStatusError } from '../../machinery/status-error.ts';
import { demandJson, errorFormatOf, negotiate, type Offer } from './media-type.ts';

const PROTOBUF = 'application/vnd.kubernetes.protobuf';
const ALL = `application/json, application/yaml, ${PROTOBUF}`;
const STREAMS = `application/json;stream=watch, ${PROTOBUF};stream=watch`;
const NONE = '406: Not Acceptable\n\nAvailable representations: ';
const ONLY = 'only the following media types are accepted: ';

function refusal(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (isStatusError(error) && error.code === 406) return error.message;
    throw error;
  }
  throw new Error('accepted');
}

describe('an Accept header', () => {
  it.each<[string, Offer, string]>([
    ['', {}, 'json'],
    ['*/*', { isWatch: true }, 'json'],
    ['application/yaml', {}, 'yaml'],
    ['application/json;q=0.1,application/yaml;q=0.2', {}, 'yaml'],
    ['*/*,application/yaml', {}, 'yaml'],
    ['application/json;v=v1,application/json;sv=1,application/yaml', {}, 'yaml'],
    [`text/html,${PROTOBUF},application/json`, {}, 'protobuf'],
    [`${PROTOBUF},application/json`, { isCustom: true, isLoose: true }, 'json'],
    ['application/json;stream=watch', { isWatch: true }, 'json'],
    [`${PROTOBUF};stream=watch`, { isWatch: true }, 'protobuf'],
    ['application/*', { isLoose: true }, 'json'],
    ['application/json;as=Table;v=v9;g=meta.k8s.io,application/yaml', {}, 'yaml'],
  ])('%s (%o) is answered as %s', (accept, offer, format) => {
    expect(negotiate(accept, offer).format).toBe(format);
  });

  it.each<[string, Offer, string]>([
    ['text/html', {}, NONE + ALL],
    ['application/*', {}, NONE + ALL],
    ['text/html', { hasWatch: true }, `${NONE}${ALL}, ${STREAMS}`],
    ['text/html', { isLoose: true }, ONLY + ALL],
    ['application/yaml', { isWatch: true, hasWatch: true }, ONLY + STREAMS],
    ['application/yaml,application/json', { isWatch: true, hasWatch: true }, ONLY + STREAMS],
    ['application/json;stream=other', {}, ONLY + ALL],
    ['application/yaml;stream=watch', {}, ONLY + ALL],
    [PROTOBUF, { isCustom: true, isLoose: true }, ONLY + ALL],
    ['application/json;as=Table;v=v1;g=meta.k8s.io', { isPlain: true }, ONLY + ALL],
    ['application/json;as=Table;v=v1;g=meta.k8s.io', { hasNoTable: true }, ONLY + ALL],
  ])('%s (%o) is not acceptable', (accept, offer, text) => {
    expect(refusal(() => negotiate(accept, offer))).toBe(text);
  });

  it('that does not name JSON is refused where there is nothing else', () => {
    expect(refusal(() => demandJson('application/yaml'))).toBe(`${NONE}application/json`);
    expect(() => demandJson('text/html, application/json;q=0.1')).not.toThrow();
  });

  it('says how a failure is written', () => {
    expect(errorFormatOf(`${PROTOBUF};as=Table,${PROTOBUF}`)).toBe('protobuf');
    expect(errorFormatOf('application/yaml;stream=watch')).toBeUndefined();
  });
});
