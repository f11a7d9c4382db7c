const COMMA = /^[-+]?\d+,\d+$/;
const POINT = /^[-+]?\d+\.\d+$/;

/**
 * Whether the numbers of a file have decimal commas: never where the comma divides fields (there `1,234` in quotes
 * would be a thousand), else where more fields look like `1,5` than like `1.5`.
 */
export function hasDecimalComma(delimiter: string, records: readonly string[][]): boolean {
  if (delimiter === ',') return false;
  let commas = 0;
  let points = 0;
  for (const record of records) {
    for (const cell of record) {
      if (COMMA.test(cell.trim())) commas++;
      else if (POINT.test(cell.trim())) points++;
    }
  }
  return commas > points;
}
