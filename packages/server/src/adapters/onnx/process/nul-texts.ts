/**
 * The runtime takes text up to its first NUL only. In a run whose texts hold one, a noncharacter that no text of the run
 * holds stands for it: Unicode sets U+FDD0 to U+FDEF apart for use within a program.
 */
const NUL = '\u0000';
const FIRST = 0xfdd0;
const LAST = 0xfdef;

/** What stands for NUL in a run of these texts; undefined where none holds one. Throws where every noncharacter is taken. */
export function substituteFor(texts: readonly (readonly string[])[]): string | undefined {
  if (!texts.some((list) => list.some((text) => text.includes(NUL)))) return undefined;
  for (let code = FIRST; code <= LAST; code++) {
    const character = String.fromCharCode(code);
    if (!texts.some((list) => list.some((text) => text.includes(character)))) return character;
  }
  throw new Error('texts with NUL may not hold all of U+FDD0 to U+FDEF');
}

export function withoutNul(texts: readonly string[], substitute: string): string[] {
  return texts.map((text) => text.replaceAll(NUL, substitute));
}

export function withNul(texts: readonly string[], substitute: string): string[] {
  return texts.map((text) => text.replaceAll(substitute, NUL));
}
