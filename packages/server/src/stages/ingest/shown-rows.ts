import type { Row, StoredColumn, Workspace } from './ports.ts';

/** What one answer shows of a table at most: the control plane holds it as a whole. A text is cut only beyond its share of the characters. */
export const SHOWN = { cells: 100_000, characters: 1_000_000, charactersOfText: 1_000 };

/**
 * Some rows as JSON values; timestamps are ISO 8601, missing is null. Fewer than `limit` where the table is wide or its texts are long,
 * but one at least; texts beyond {@link SHOWN} are cut and end with …
 */
export async function shownRows(
  workspace: Workspace,
  files: readonly string[],
  columns: readonly StoredColumn[],
  { offset, limit }: { offset: number; limit: number },
): Promise<Row[]> {
  const most = Math.max(1, Math.floor(SHOWN.cells / columns.length));
  const rowsAsked = Math.min(limit, most);
  const texts = columns.filter(({ type }) => type === 'string').length * rowsAsked;
  const share = Math.floor(SHOWN.characters / Math.max(1, texts));
  const charactersOfText = Math.max(SHOWN.charactersOfText, share);
  const rows = await workspace.rows(files, columns, { offset, limit: rowsAsked, charactersOfText });
  let left = SHOWN.characters;
  const end = rows.findIndex((row, i) => {
    left -= charactersOf(row);
    return i > 0 && left < 0;
  });
  return end < 0 ? rows : rows.slice(0, end);
}

function charactersOf(row: Row): number {
  return Object.entries(row).reduce(
    (sum, [name, value]) => sum + name.length + (typeof value === 'string' ? value.length : 8),
    0,
  );
}

/** A database takes no half of a character. */
const HALF_OF_A_PAIR = /[\ud800-\udbff]$/;

/** A text as it is shown. */
export function cutText(text: string, characters = SHOWN.charactersOfText): string {
  if (text.length <= characters) return text;
  return `${text.slice(0, characters).replace(HALF_OF_A_PAIR, '')}…`;
}
