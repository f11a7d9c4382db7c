/**
 * The name among `names` that differs from `name` only by case, spaces, punctuation or Unicode form; undefined where there
 * is none, or where nothing but punctuation would be compared.
 */
export function nearestName(name: string, names: Iterable<string>): string | undefined {
  const wanted = bare(name);
  if (wanted === '') return undefined;
  for (const one of names) if (one !== name && bare(one) === wanted) return one;
  return undefined;
}

function bare(name: string): string {
  return name
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[\s\p{P}\p{Cf}]+/gu, '');
}
