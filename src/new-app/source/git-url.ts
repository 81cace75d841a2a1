const SCP = /^(?:[A-Za-z0-9_.-]+@)([A-Za-z0-9.-]+):(?!\/\/)(.+)$/;

/** looksRemote tells whether a text is written like a git URL: with a scheme, or `user@host:path`. */
export function looksRemote(text: string): boolean {
  return /^(https?|ssh|git|file):\/\//.test(text) || SCP.test(text);
}

/** splitRef takes the `#ref` off a git URL. */
export function splitRef(text: string): { url: string; ref: string } {
  const hash = text.indexOf('#');
  return hash < 0
    ? { url: text, ref: '' }
    : { url: text.slice(0, hash), ref: text.slice(hash + 1) };
}

/** hostOf is the host of a git URL, empty for a local path. */
export function hostOf(url: string): string {
  const scp = SCP.exec(url);
  if (scp) return scp[1] ?? '';
  try {
    return new URL(url).hostname;
  } catch {
    return '';
  }
}

/** nameFromUrl suggests an application's name from the end of a URL or path: `ruby-ex`. */
export function nameFromUrl(url: string): string {
  const path = url.replace(/[?#].*$/, '').replace(/\/+$/, '');
  const last = path.split(/[/:]/).at(-1) ?? '';
  return last.replace(/\.git$/, '') || hostOf(url);
}
