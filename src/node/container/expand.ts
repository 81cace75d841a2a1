/**
 * expand replaces `$(NAME)` by the value of a variable; `$$(NAME)` stands for the text `$(NAME)`,
 * and a reference to an unknown variable stays as it is (Kubernetes' third_party expansion).
 */
export function expand(text: string, lookup: (name: string) => string | undefined): string {
  return text.replace(/\$\$|\$\(([^)]*)\)/g, (whole, name: string | undefined) => {
    if (name === undefined) return '$';
    return lookup(name) ?? whole;
  });
}
