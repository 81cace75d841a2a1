let lastSecond = Number.NaN;
let lastText = '';

/** timestampOf prints a time as `metav1.Time` does: RFC 3339, UTC, whole seconds. */
export function timestampOf(time: Date): string {
  const second = Math.floor(time.getTime() / 1000);
  // Much is written within one second.
  if (second !== lastSecond) {
    lastText = `${time.toISOString().slice(0, 19)}Z`;
    lastSecond = second;
  }
  return lastText;
}

/** microTimestampOf prints a time as `metav1.MicroTime` does: six decimals. */
export function microTimestampOf(time: Date): string {
  return time.toISOString().replace(/(\.\d{3})Z$/, '$1000Z');
}
