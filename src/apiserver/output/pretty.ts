/** Programs that people look at the answers of; the beginnings of their User-Agent. */
const AGENTS = ['curl', 'Wget', 'Mozilla/5.0'];
const TRUE = new Set(['1', 't', 'T', 'TRUE', 'true', 'True']);

/** wantsPretty tells whether the sender of a request is given JSON that is indented, by upstream's rule. */
export function wantsPretty(query: URLSearchParams, userAgent: string): boolean {
  const asked = query.get('pretty');
  return asked ? TRUE.has(asked) : AGENTS.some((agent) => userAgent.startsWith(agent));
}
