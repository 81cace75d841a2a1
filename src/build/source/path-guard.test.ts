import { describe, expect, it } from 'vitest';
import { safeEntryPath } from './path-guard.ts';

describe('safeEntryPath', () => {
  it.each([
    ['./', ''],
    ['a/b.txt', 'a/b.txt'],
    ['./a//b/', 'a/b'],
    ['a/../b', 'b'],
  ])('takes %s as %s', (name, path) => {
    expect(safeEntryPath({ name, type: 'file' })).toBe(path);
  });

  it('takes links that stay inside', () => {
    expect(safeEntryPath({ name: 'a/l', type: 'symlink', linkname: '../b' })).toBe('a/l');
    expect(safeEntryPath({ name: 'a/h', type: 'hardlink', linkname: 'b' })).toBe('a/h');
  });

  it.each([
    [{ name: '/etc/passwd', type: 'file' as const }, 'absolute path'],
    [{ name: '../x', type: 'file' as const }, 'leads out'],
    [{ name: 'a/../../x', type: 'file' as const }, 'leads out'],
    [{ name: 'l', type: 'symlink' as const, linkname: '/etc' }, 'absolute path "/etc"'],
    [{ name: 'a/l', type: 'symlink' as const, linkname: '../../etc' }, 'out of the source'],
    [{ name: 'h', type: 'hardlink' as const, linkname: '../x' }, 'out of the source'],
  ])('refuses %j', (entry, text) => {
    expect(() => safeEntryPath(entry)).toThrow(text);
    expect(() => safeEntryPath(entry)).toThrow(entry.name);
  });
});
