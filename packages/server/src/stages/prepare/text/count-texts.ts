/** Terms counted at the same time; when there are more, the rarest so far are forgotten. */
const MOST_COUNTED = 1_000_000;

/**
 * In how many texts each term is; `read` says every term of a text, as often as it likes. More than `most` terms are never
 * remembered between two texts: then those in fewest texts so far are forgotten until half at most are left, and what is forgotten
 * gets no rarer later on. So a term in many texts is kept, and all the forgetting together takes time in proportion to the
 * terms read (lossy counting, Manku and Motwani 2002, with the map's size in place of a fixed error).
 */
export function countTexts<Term>(
  texts: readonly string[],
  read: (text: string, have: (term: Term) => void) => void,
  most = MOST_COUNTED,
): Map<Term, number> {
  const having = new Map<Term, number>();
  let forgotten = 1;
  for (const text of texts) {
    const own = new Set<Term>();
    read(text, (term) => own.add(term));
    for (const term of own) having.set(term, (having.get(term) ?? 0) + 1);
    if (having.size <= most) continue;
    forget(having, forgotten);
    while (having.size > most / 2) forget(having, ++forgotten);
  }
  return having;
}

function forget<Term>(having: Map<Term, number>, upTo: number): void {
  for (const [term, texts] of having) if (texts <= upTo) having.delete(term);
}
