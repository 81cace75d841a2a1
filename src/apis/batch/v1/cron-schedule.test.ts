import { describe, expect, it } from 'vitest';
import { scheduleErrors } from './cron-schedule.ts';

const VALID = [
  '* * * * *',
  '*/5 0-6 1,15 jan-MAR mon,Tue',
  '5/7 * * * ?',
  '@hourly',
  '@every 1h30m',
  'TZ=Europe/Berlin 0 0 * * *',
];

const BROKEN: readonly [string, string][] = [
  ['x', 'expected exactly 5 fields, found 1: [x]'],
  ['60 * * * *', 'end of range (60) above maximum (59): 60'],
  ['* * 0 * *', 'beginning of range (0) below minimum (1): 0'],
  ['5-3 * * * *', 'beginning of range (5) beyond end of range (3): 5-3'],
  ['*/0 * * * *', 'step of range should be a positive number: */0'],
  ['1-2-3 * * * *', 'too many hyphens: 1-2-3'],
  ['*/2/3 * * * *', 'too many slashes: */2/3'],
  ['a * * * *', 'failed to parse int from a: strconv.Atoi: parsing "a": invalid syntax'],
  ['@foo', 'unrecognized descriptor: @foo'],
  ['@every x', 'failed to parse duration @every x: time: invalid duration "x"'],
  ['TZ=No/Where * * * * *', 'provided bad location No/Where: unknown time zone No/Where'],
];

describe('scheduleErrors', () => {
  it.each(VALID)('accepts %s', (schedule) => {
    expect(scheduleErrors(schedule)).toEqual([]);
  });

  it.each(BROKEN)('says what is wrong with %s', (schedule, text) => {
    expect(scheduleErrors(schedule)).toEqual([text]);
  });
});
