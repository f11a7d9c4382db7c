import type { SetOrigin } from '../../stages/validate/index.ts';

type Facts = Omit<SetOrigin, 'notes'> & {
  target: string;
  /** Rows that were measured. */
  rows: number;
  /** Why training rows could not be compared, where they could not. */
  uncompared?: string;
};

/** What whoever reads the figures of a set must know of its rows. */
export function setNotes({ dataset, version, leftOut, overlap, target, rows, uncompared }: Facts): string[] {
  const count = (number: number, what: string) =>
    `${number.toLocaleString('en')} ${what}${number === 1 ? '' : 's'}`;
  const notes = [
    leftOut.missingTarget > 0
      ? `${count(leftOut.missingTarget, 'row')} of ${dataset}@${version} without a value for ${target} left out.`
      : '',
    leftOut.unknownClass > 0
      ? `${count(leftOut.unknownClass, 'row')} of ${dataset}@${version} left out whose ${target} is a class that the model does not know.`
      : '',
    overlap !== null && overlap.rows > 0
      ? `${overlap.rows.toLocaleString('en')} of the ${count(rows, 'measured row')} equal a training row in all ${overlap.columns} columns that both tables have, so the figures are optimistic.`
      : '',
    overlap === null && uncompared !== undefined
      ? `Whether rows of ${dataset}@${version} were trained on is not known: ${uncompared}.`
      : '',
  ];
  return notes.filter((note) => note !== '');
}
