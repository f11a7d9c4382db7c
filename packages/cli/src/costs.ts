import type { BinaryCosts, ClassCosts, DecisionCosts } from '@slipway/contract';
import { InvalidArgumentError } from 'commander';

const ANSWERS: readonly string[] = ['fn', 'fp', 'tp', 'tn'];
const ANY = '*';

/** TRUE, PREDICTED and COST of `TRUE:PREDICTED=COST`, or only OTHER of `other=COST`; names with `:`, `=` or `,` are quoted. */
const PART = /(?:("(?:[^"\\]|\\.)*"|[^":=,]*):)?("(?:[^"\\]|\\.)*"|[^":=,]*)=([^,]*)(?:,|$)/y;

/**
 * Costs as `fn=10,fp=1`, of missed positives and false alarms, with gains as `tp=2,tn=0`; or of named classes as
 * `cat:dog=5,dog:*=2,*:bird=3,other=1`, the true class before the answered one.
 *
 * @param before the costs of an earlier option; pairs add to its pairs
 * @throws InvalidArgumentError
 */
export function costsOf(text: string, before?: DecisionCosts): DecisionCosts {
  const parts = partsOf(text);
  const named = parts.some(({ truth, answer }) => truth !== undefined || isOther(answer));
  const costs = named ? classCosts(text, parts) : binaryCosts(parts);
  if (before === undefined) return costs;
  if (!('pairs' in before && 'pairs' in costs))
    throw new InvalidArgumentError(
      'Give fn, fp, tp and tn in one option: only costs of named classes add up.',
    );
  const other = parts.some(({ truth, answer }) => truth === undefined && isOther(answer));
  return { pairs: [...before.pairs, ...costs.pairs], other: other ? costs.other : before.other };
}

type Part = { text: string; truth: string | undefined; answer: string; cost: number };

function partsOf(text: string): Part[] {
  const parts: Part[] = [];
  PART.lastIndex = 0;
  while (PART.lastIndex < text.length) {
    while (text[PART.lastIndex] === ' ') PART.lastIndex++;
    const at = PART.lastIndex;
    const [whole, truth, answer = '', cost = ''] = PART.exec(text) ?? [];
    const number = Number(cost);
    if (whole === undefined || cost.trim() === '' || !Number.isFinite(number))
      throw unreadable((whole ?? text.slice(at)).trim());
    parts.push({
      text: whole.replace(/,$/, '').trim(),
      truth: truth === undefined ? undefined : nameOf(truth),
      answer: nameOf(answer),
      cost: number,
    });
  }
  if (parts.length === 0) throw unreadable(text);
  return parts;
}

function nameOf(word: string): string {
  const name = word.trim();
  return name.startsWith('"') ? name.slice(1, -1).replace(/\\(.)/g, '$1') : name;
}

function unreadable(part: string): InvalidArgumentError {
  return new InvalidArgumentError(
    `${part}: write costs as fn=10,fp=1, each of fn, fp, tp and tn once at most, or of named classes as cat:dog=5,dog:cat=1.`,
  );
}

function isOther(name: string): boolean {
  return name.toLowerCase() === 'other';
}

function binaryCosts(parts: readonly Part[]): BinaryCosts {
  const found = new Map<string, number>();
  for (const { text, answer, cost } of parts) {
    const name = answer.toLowerCase();
    if (!ANSWERS.includes(name) || found.has(name)) throw unreadable(text);
    found.set(name, cost);
  }
  const [fn, fp] = [found.get('fn'), found.get('fp')];
  if (fn === undefined || fp === undefined)
    throw new InvalidArgumentError(
      'Give both fn (a missed positive) and fp (a false alarm), such as fn=10,fp=1.',
    );
  return { fn, fp, tp: found.get('tp') ?? 0, tn: found.get('tn') ?? 0 };
}

function classCosts(text: string, parts: readonly Part[]): ClassCosts {
  const others = parts.filter(({ truth }) => truth === undefined);
  for (const part of others)
    if (!isOther(part.answer) || others.length > 1)
      throw new InvalidArgumentError(
        `${part.text}: beside costs of named classes only other=COST, once, is the cost of all other wrong answers.`,
      );
  const pairs = parts.flatMap(({ truth, answer, cost }) =>
    truth === undefined
      ? []
      : [{ ...(truth !== ANY && { truth }), ...(answer !== ANY && { predicted: answer }), cost }],
  );
  if (pairs.length === 0) throw unreadable(text);
  return { pairs, other: others[0]?.cost ?? 1 };
}
