import type { CyclicPart, Kinds, Operation } from '../../prepare/index.ts';

const PART_WORDS: Record<CyclicPart, string> = {
  month: 'month',
  dayOfMonth: 'day of the month',
  weekday: 'weekday',
  hour: 'hour',
  minute: 'minute',
  dayOfYear: 'day of the year',
};

const SIGNS: Record<Operation, string> = { sum: '+', difference: '−', product: '×', ratio: '÷' };

/** `age`, `weekday of sold`, `age and city`. */
export function namesOfKinds(of: readonly Kinds[]): string {
  return of
    .map((kinds) => (kinds.kind === 'date-part' ? partOf(kinds.column, kinds.part) : kinds.column))
    .join(' and ');
}

export function partOf(column: string, part: CyclicPart): string {
  return `${PART_WORDS[part]} of ${column}`;
}

/** `price ÷ surface`. */
export function nameOfArithmetic(operation: Operation, [a, b]: readonly string[]): string {
  return `${a} ${SIGNS[operation]} ${b}`;
}
