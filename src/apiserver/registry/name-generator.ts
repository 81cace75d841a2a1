const CHARACTERS = 'bcdfghjklmnpqrstvwxz2456789';
const RANDOM_LENGTH = 5;
const MAX_BASE_LENGTH = 63 - RANDOM_LENGTH;

/** generateName appends five random characters to a base, which is cut to leave room for them. */
export function generateName(base: string, random: () => number): string {
  let suffix = '';
  for (let index = 0; index < RANDOM_LENGTH; index += 1) {
    suffix += CHARACTERS[Math.floor(random() * CHARACTERS.length)];
  }
  return base.slice(0, MAX_BASE_LENGTH) + suffix;
}
