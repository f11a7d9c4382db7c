import { readingInWords } from '@slipway/contract';
import type { Preparation } from '../../stages/prepare/index.ts';
import { type CardFacts, type ModelExplanation, populationOf } from '../../stages/validate/index.ts';
import type { CandidateInput } from '../model.ts';
import type { PreparedRows } from './prepare-rows.ts';

/** What the card says of the rows that were learned from: inputs by falling importance, shares of the classes, how text was read. */
export function cardFacts(
  { train }: Pick<PreparedRows, 'train'>,
  { inputs, classes }: Preparation,
  { manifest, timeColumn }: Pick<CandidateInput, 'manifest' | 'timeColumn'>,
  explanation: ModelExplanation,
): Pick<CardFacts, 'population' | 'classShares' | 'readings'> {
  const ranked = explanation.importance.columns.map(({ column }) => column);
  const place = (name: string) => (ranked.includes(name) ? ranked.indexOf(name) : ranked.length);
  const names = inputs.map(({ name }) => name).toSorted((a, b) => place(a) - place(b));
  const shares = new Array<number>(classes.length).fill(0);
  if (classes.length > 0) for (const index of train.target) shares[index]! += 1 / train.target.length;
  const readings = manifest.schema.columns
    .filter(({ name }) => names.includes(name))
    .map(({ name, reading }) => [name, readingInWords(reading)] as const);
  return {
    population: populationOf(train.table, names, timeColumn),
    ...(classes.length > 0 && { classShares: shares }),
    readings: Object.fromEntries(readings),
  };
}
