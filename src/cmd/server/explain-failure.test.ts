import { describe, expect, it } from 'vitest';
import { KeyFileError } from '../../apiserver/access/key-files.ts';
import { newInternalError } from '../../machinery/status-error.ts';
import { StoreCorruptError, StoreFullError } from '../../storage/store.ts';
import { explainStartFailure } from './explain-failure.ts';

const systemError = (code: string, more: object = {}) =>
  Object.assign(new Error(`${code}: text`), { code, ...more });

describe('explainStartFailure', () => {
  it.each([
    [
      systemError('EADDRINUSE', { address: '::1', port: 1 }),
      /^port 1 on ::1 is taken .* choose another port/,
    ],
    [systemError('EACCES'), /^EACCES: text: run Sampan as root$/],
    [systemError('EROFS'), /^EROFS: text: .* can be written to/],
    [systemError('ENOSPC'), /^the disk is full: ENOSPC: text\. Free some space and start again/],
    [systemError('EDQUOT'), /^the disk is full: EDQUOT: text\. Free some space and start again/],
    [systemError('EMFILE'), /^EMFILE: text: raise the limit of open files/],
    [systemError('EFBIG'), /^EFBIG: text: raise the limit of the size of files/],
    [
      new StoreCorruptError('/s', 'why'),
      /^the store in \/s cannot be read: why\. Nothing was changed: put a copy/,
    ],
    [new KeyFileError('/k', 'why'), /^\/k cannot be used: why\. Put it back from a copy/],
    [
      newInternalError(new StoreFullError('/s', 7, new Error('cause'))),
      /^the disk is full: no space left on the disk of \/s \(7 bytes free\)\. Free some space/,
    ],
    [new Error('other'), /^other$/],
    ['no error', /^no error$/],
  ])('%s: says what to do', (error, text) => {
    expect(explainStartFailure(error)).toMatch(text);
  });
});
