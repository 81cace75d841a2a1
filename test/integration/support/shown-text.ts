/**
 * shownText is how a text of the crash test is printed: what it is filled up with is told as a
 * number, so that long texts make short lines. A text that is not filled as it should be is shown
 * as it is.
 */
export function shownText(text: string): string {
  const [, head, filling] = /^(.*:)(x*)$/s.exec(text) ?? [];
  return head === undefined || filling === undefined ? text : `${head}${filling.length}`;
}
