import type { Column, StoredColumn } from '../../journey/ingest/index.ts';

/** Names of the columns that answer, as `slipway predict` writes them. */
export const PREDICTION = 'prediction';
export const probabilityOf = (name: string): string => `probability_${name}`;
export const contributionOf = (column: string): string => `contribution_${column}`;
export const EXPECTED = 'expected';

export function numberColumn(name: string, values: Float64Array): Column {
  return { name, type: 'number', values };
}

/** Texts as a column; null is missing. */
export function textColumn(name: string, texts: readonly (string | null)[]): Column {
  const codeOf = new Map<string, number>();
  const codes = Int32Array.from(texts, (text) => {
    if (text === null) return -1;
    const code = codeOf.get(text) ?? codeOf.size;
    codeOf.set(text, code);
    return code;
  });
  return { name, type: 'string', codes, dictionary: [...codeOf.keys()] };
}

export function storedAs(names: readonly string[], type: StoredColumn['type']): StoredColumn[] {
  return names.map((name) => ({ name, type }));
}
