import { describe, expect, it } from 'vitest';
import { parseGoTime } from './go-time.ts';

const TIME = 'as "2006-01-02T15:04:05Z07:00": cannot parse';
const MICRO = 'as "2006-01-02T15:04:05.000000Z07:00": cannot parse';

describe('parseGoTime', () => {
  it.each([
    ['2020-02-29T23:59:59Z', '2020-02-29T23:59:59.000Z'],
    ['2020-01-01T00:30:00+02:00', '2019-12-31T22:30:00.000Z'],
    ['2020-01-01T00:30:00-23:60', '2020-01-02T00:30:00.000Z'],
    ['2020-01-01T7:30:00,5Z', '2020-01-01T07:30:00.000Z'],
    ['0050-01-01T00:00:00.123456789Z', '0050-01-01T00:00:00.000Z'],
  ])('reads the time %s', (text, expected) => {
    const read = parseGoTime(text, 'time');
    expect('date' in read && read.date.toISOString()).toBe(expected);
  });

  it('keeps the six decimals of a MicroTime', () => {
    expect(parseGoTime('2020-01-01T02:00:00.123456+02:00', 'micro-time')).toEqual({
      date: new Date('2020-01-01T00:00:00Z'),
      fraction: '123456',
    });
  });

  it.each([
    ['time', 'yesterday', `${TIME} "yesterday" as "2006"`],
    ['time', '2020-12-01', `${TIME} "" as "T"`],
    ['time', '2020-02-20T00:00:00.Z', `${TIME} ".Z" as "Z07:00"`],
    ['time', '2020-02-20T00:00:00Zx', ': extra text: "x"'],
    ['time', '2020-13-01T00:00:00Z', ': month out of range'],
    ['time', '2021-02-29T00:00:00Z', ': day out of range'],
    ['time', '2021-02-00T00:00:00Z', ': day out of range'],
    ['time', '2021-02-01T24:00:00Z', ': hour out of range'],
    ['time', '2021-02-01T00:60:00Z', ': minute out of range'],
    ['time', '2021-02-01T00:00:60Z', ': second out of range'],
    ['time', '2021-02-01T00:00:00+25:00', ': time zone offset hour out of range'],
    ['time', '2021-02-01T00:00:00+25:61', ': time zone offset minute out of range'],
    ['micro-time', '2020-01-01T00:00:00Z', `${MICRO} "Z" as ".000000"`],
    ['micro-time', '2020-01-01T00:00:00.123Z', `${MICRO} ".123Z" as ".000000"`],
    ['micro-time', '2020-01-01T00:00:00.1234567Z', `${MICRO} "7Z" as "Z07:00"`],
  ] as const)('says what is wrong with the %s %s', (type, text, expected) => {
    const tail = expected.startsWith(':') ? expected : ` ${expected}`;
    expect(parseGoTime(text, type)).toEqual({ problem: `parsing time "${text}"${tail}` });
  });

  it('quotes what is not plain byte by byte', () => {
    expect(parseGoTime('"é\n', 'time')).toEqual({
      problem: String.raw`parsing time "\"\xc3\xa9\x0a" ${TIME} "\"\xc3\xa9\x0a" as "2006"`,
    });
  });
});
