const TAIL_LINES = 30;
const SNIPPET_LINES = 5;

/** BuildLog is the output of a build: written on as it comes, its last lines remembered. */
export interface BuildLog {
  /** line writes one line. */
  line(text: string): void;
  /** raw writes what a container or the engine printed. */
  raw(chunk: Uint8Array | string): void;
  /** snippet is the tail of the log as `status.logSnippet` shows it. */
  snippet(): string;
}

/** newBuildLog writes to an output such as the standard output of the build pod. */
export function newBuildLog(write: (text: string) => void): BuildLog {
  const lines: string[] = [];
  let unfinished = '';
  const decoder = new TextDecoder();
  function remember(text: string): void {
    const parts = (unfinished + text).split('\n');
    unfinished = parts.pop() ?? '';
    for (const part of parts) {
      // A carriage return paints over what was before it.
      const shown = part.slice(part.replace(/\r+$/, '').lastIndexOf('\r') + 1).trimEnd();
      if (shown === '') continue;
      lines.push(shown);
      if (lines.length > TAIL_LINES) lines.shift();
    }
  }
  function raw(chunk: Uint8Array | string): void {
    const text = typeof chunk === 'string' ? chunk : decoder.decode(chunk, { stream: true });
    write(text);
    remember(text);
  }
  return {
    line: (text) => raw(`${text}\n`),
    raw,
    snippet: () => [...lines, unfinished.trim()].filter(Boolean).slice(-SNIPPET_LINES).join('\n'),
  };
}
