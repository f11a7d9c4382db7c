import type { IngestFinding } from '@slipway/contract';
import { isFailure } from '@slipway/contract';
import { type Decided, type DecideOptions, decideByAllRows, decideColumns } from './decide-columns.ts';
import { decisionFindings } from './decision-findings.ts';
import type { OpenSource } from './open-source.ts';
import type { PlannedColumn, Reading, TableSource, Workspace } from './ports.ts';
import { orderOf } from './readings/date-formats.ts';
import { textReadings } from './readings/guess-readings.ts';
import { nativeTimeFindings, offsetFindings, withOffsets } from './readings/offset-runs.ts';

export type StoredDecided = {
  path: string;
  rows: number;
  columns: PlannedColumn[];
  findings: IngestFinding[];
};

/** Stores the columns of a dataset's first file, and tells how each was read. */
export async function storeDecided(
  workspace: Workspace,
  source: OpenSource,
  decide: DecideOptions,
): Promise<StoredDecided> {
  return overReadable(source, async (table) => {
    const worded = withWords(table, decide.hints.missingWords);
    const first = await decideColumns(workspace, worded, source, decide);
    let decided = first.decided;
    let stored = await workspace.store(worded, decided.map(planned));
    if (stored === null) {
      decided = await decideByAllRows(workspace, worded, source, decide);
      stored = await workspace.store(worded, decided.map(planned));
      if (stored === null) throw new Error('readings decided over all rows did not hold');
    } else if (!first.isCertain) {
      decided = await withoutFalseDoubt(workspace, worded, decided, decide);
    }
    const findings = await decisionFindings(workspace, worded, {
      source,
      decided,
      decide,
      rows: stored.rows,
    });
    const columns = await withOffsets(workspace, worded, decided.map(planned), source.columns);
    const zones = [
      ...offsetFindings(columns),
      ...nativeTimeFindings(nativeTimes(decided), decide.hints.timeZone),
    ];
    return { ...stored, columns, findings: [...findings, ...zones] };
  });
}

/** The source, its missing-value words being those. */
export function withWords(table: TableSource, words: ReadonlySet<string>): TableSource {
  return { ...table, missingWords: [...words] };
}

/** Runs `work` on the source as it is and, when that cannot be read, on its plain copy, which says what is wrong. */
export async function overReadable<T>(
  source: OpenSource,
  work: (table: TableSource) => Promise<T>,
): Promise<T> {
  try {
    return await work(source.table);
  } catch (error) {
    if (source.normalised === undefined || !isFailure(error, 'file.unreadable')) throw error;
    return work(await source.normalised());
  }
}

function nativeTimes(decided: readonly Decided[]): string[] {
  return decided.flatMap(({ column }) => (column.kind === 'timestamp' ? [column.name] : []));
}

function planned({ column, reading, odd }: Decided): PlannedColumn {
  const { name, path, kind } = column;
  return { name, from: { path, kind }, reading, ...(odd > 0 && { isLenient: true }) };
}

/** Dates whose order the first records left open may be settled by later ones. */
async function withoutFalseDoubt(
  workspace: Workspace,
  table: TableSource,
  decided: readonly Decided[],
  { hints }: DecideOptions,
): Promise<Decided[]> {
  const open = decided.flatMap((one) => {
    const other = one.ambiguous === null ? undefined : otherOrder(one.reading, hints.timeZone);
    return other === undefined ? [] : [{ one, other }];
  });
  if (open.length === 0) return [...decided];
  const tallies = await workspace.tally(
    table,
    open.map(({ one, other }) => ({ from: one.column, reading: other })),
  );
  const settled = new Set(open.filter((_, i) => tallies[i]!.against > 0).map(({ one }) => one));
  return decided.map((one) => (settled.has(one) ? { ...one, ambiguous: null } : one));
}

/** The same form with day and month in the other order. */
function otherOrder(reading: Reading, timeZone: string): Reading | undefined {
  if (reading.as !== 'timestamp' || reading.forms.length !== 1) return undefined;
  const [form] = reading.forms;
  const swapped = form!.format.replace(/%[dm]/g, (letter) => (letter === '%d' ? '%m' : '%d'));
  return textReadings({ decimal: '.', timeZone }).find(
    (other) =>
      other.as === 'timestamp' &&
      other.forms.length === 1 &&
      other.forms[0]!.format === swapped &&
      orderOf(form!) !== null,
  );
}
