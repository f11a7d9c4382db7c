/** Numbers with a decimal mark, perhaps with marks between groups of three digits before it. */
const COMMA = /^[-+]?(?:\d+|\d{1,3}(?:[. '\u00a0\u202f]\d{3})+),\d+$/;
const POINT = /^[-+]?(?:\d+|\d{1,3}(?:[, '\u00a0\u202f]\d{3})+)\.\d+$/;
/** A comma before three digits may as well stand between thousands. */
const MAY_BE_THOUSANDS = /^[-+]?\d{1,3},\d{3}$/;

/**
 * Whether the numbers of a file have decimal commas: never where the comma divides fields (there `1,234` in quotes
 * would be a thousand), else where more fields look like `1,5` than like `1.5`. Where semicolons divide fields, as programs
 * with decimal commas write them, `1,234` counts too.
 */
export function hasDecimalComma(delimiter: string, records: readonly string[][]): boolean {
  if (delimiter === ',') return false;
  let commas = 0;
  let points = 0;
  for (const record of records) {
    for (const field of record) {
      const cell = field.trim();
      if (COMMA.test(cell) && (delimiter === ';' || !MAY_BE_THOUSANDS.test(cell))) commas++;
      else if (POINT.test(cell)) points++;
    }
  }
  return commas > points;
}
