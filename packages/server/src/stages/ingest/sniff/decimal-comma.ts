/** Numbers with a decimal mark, perhaps with marks between groups of three digits before it. */
const COMMA = /^[-+]?(?:\d+|\d{1,3}(?:[. '\u00a0\u202f]\d{3})+),\d+$/;
const POINT = /^[-+]?(?:\d+|\d{1,3}(?:[, '\u00a0\u202f]\d{3})+)\.\d+$/;
/** A comma before three digits may as well stand between thousands. */
const MAY_BE_THOUSANDS = /^[-+]?\d{1,3},\d{3}$/;

/** What may stand beside a number: a currency, a percent sign, a unit behind a space, brackets. */
const UNIT_BEFORE = /^\(?\s*(?:\p{Sc}|[A-Z]{3}\s)\s*/u;
const UNIT_BEHIND =
  /(?:\s{0,3}[%\u2030\p{Sc}]|\s[\p{L}\u00b5\u00b0\u2126][\p{L}\d\u00b2\u00b3/%]{0,5})?\)?$/u;
/** Characters of a number at most, its unit included; longer fields are text. */
const MOST_CHARACTERS = 80;

/**
 * Whether the numbers of a file have decimal commas: where more fields look like `1,5` than like `1.5`. Where semicolons divide
 * fields, as programs with decimal commas write them, `1,234` counts too. Where the comma divides fields, those in quotes that
 * can be no thousands count (`"1,5"`), and only where no field has a decimal point.
 */
export function hasDecimalComma(delimiter: string, records: readonly string[][]): boolean {
  let commas = 0;
  let points = 0;
  for (const record of records) {
    for (const field of record) {
      const trimmed = field.trim();
      if (trimmed.length > MOST_CHARACTERS) continue;
      const cell = trimmed.replace(UNIT_BEFORE, '').replace(UNIT_BEHIND, '');
      if (COMMA.test(cell) && (delimiter === ';' || !MAY_BE_THOUSANDS.test(cell))) commas++;
      else if (POINT.test(cell)) points++;
    }
  }
  return delimiter === ',' ? commas > 0 && points === 0 : commas > points;
}
