import { describe, expect, it } from 'vitest';
import { OPENSHIFT_DESCRIBE_LAYOUT, TABLE_LAYOUT, TabWriter } from './tab-writer.ts';

describe('TabWriter', () => {
  it('aligns a table and leaves the last column alone', () => {
    const text = 'NAME\tREADY\tAGE\nruby-ex-1-build\t0/1\t1h\nx\t\t\n';
    expect(new TabWriter(TABLE_LAYOUT).format(text)).toBe(
      'NAME              READY   AGE\nruby-ex-1-build   0/1     1h\nx                         \n',
    );
  });

  it('keeps the widths of the rows before when it is told to remember', () => {
    const writer = new TabWriter(TABLE_LAYOUT);
    writer.format('a-long-name\tx\n');
    expect(writer.format('short\tx\n')).toBe('short         x\n');
    writer.forget();
    expect(writer.format('short\tx\n')).toBe('short   x\n');
  });

  it('aligns by tabs for OpenShift descriptions, in blocks of adjacent lines', () => {
    const text = 'Name:\tnjs\nLabels:\tapp=njs\n\tx=y\nLatest Version:\t1\n\nURL:\tx\n';
    expect(new TabWriter(OPENSHIFT_DESCRIBE_LAYOUT).format(text)).toBe(
      'Name:\t\tnjs\nLabels:\t\tapp=njs\n\t\tx=y\nLatest Version:\t1\n\nURL:\tx\n',
    );
  });
});
