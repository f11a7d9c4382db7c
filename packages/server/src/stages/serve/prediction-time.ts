import { ALPHABET, TIME_LENGTH } from './prediction-ids.ts';

const ID = new RegExp(`^p_[${ALPHABET}]{22}$`);

/** When a prediction was made, epoch milliseconds, as its id says; undefined for what is no id of a prediction. */
export function predictionTime(id: string): number | undefined {
  if (!ID.test(id)) return undefined;
  const letters = id.slice(2, 2 + TIME_LENGTH);
  return [...letters].reduce((sum, letter) => sum * 32 + ALPHABET.indexOf(letter), 0);
}
