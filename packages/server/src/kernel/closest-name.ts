/** Longer names are compared by their first letters, since the work grows with the product of the lengths. */
const MOST_LETTERS = 200;

/** The name that takes fewest insertions, deletions and replacements of letters (Levenshtein 1966), case apart; the first of equals. */
export function closestName(name: string, names: Iterable<string>): string | undefined {
  let best: { name: string; distance: number } | undefined;
  for (const one of names) {
    const distance = editDistance(lettersOf(name), lettersOf(one));
    if (best === undefined || distance < best.distance) best = { name: one, distance };
  }
  return best?.name;
}

function lettersOf(name: string): string[] {
  return [...name.normalize('NFKC').toLowerCase()].slice(0, MOST_LETTERS);
}

function editDistance(from: readonly string[], to: readonly string[]): number {
  let above = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (const [row, letter] of from.entries()) {
    const own = [row + 1];
    for (const [column, other] of to.entries())
      own.push(
        Math.min(own[column]! + 1, above[column + 1]! + 1, above[column]! + (letter === other ? 0 : 1)),
      );
    above = own;
  }
  return above[to.length]!;
}
