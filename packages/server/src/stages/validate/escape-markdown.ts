/** Longer text is cut: a card is no place for a page. */
const LONGEST = 300;

const ENTITIES = new Map(Object.entries({ '&': '&amp;', '<': '&lt;', '>': '&gt;' }));

/**
 * Text that came with the data (names of columns, classes, files) as Markdown that shows it and does nothing else: no
 * markup, no HTML, no links (not even bare addresses), no line breaks. For use within a line, after other text.
 */
export function escapeMarkdown(value: string): string {
  const flat = value.replace(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, ' ');
  const short = flat.length > LONGEST ? `${flat.slice(0, LONGEST)}…` : flat;
  return short
    .replace(/[\\`*_{}[\]#!|~@$^]/g, '\\$&')
    .replace(/[&<>]/g, (character) => ENTITIES.get(character)!)
    .replace(/:(?=[^\s\d])/g, '\\:')
    .replace(/www\./gi, (www) => `${www.slice(0, 3)}\\.`);
}
