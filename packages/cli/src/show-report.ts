import { findingInWords, type IngestFinding, type IngestReport, type ShipResult } from '@slipway/contract';
import { clean, say } from './output.ts';
import { paint } from './report-failure.ts';

const SHOWN = 20;

/** Findings for people, one a line, warnings first as a report has them. */
export function findingLines(
  findings: readonly IngestFinding[],
  to: { isTTY?: boolean } = process.stderr,
): string[] {
  return findings.map((finding) => {
    const isWarning = finding.severity === 'warning';
    const word = isWarning ? paint('33', 'warning:', to) : paint('2', 'info:', to);
    return `${word} ${clean(findingInWords(finding))}`;
  });
}

/** How a file was read, on stderr; of a long report its beginning, and where the rest is. */
export function sayReport(report: IngestReport | null, whole: string): void {
  if (report === null) return;
  for (const line of findingLines(report.findings.slice(0, SHOWN))) say(line);
  const more = report.findings.length + report.omitted - SHOWN;
  if (more > 0) say(`${more} more: ${whole}`);
}

/** What a reader should check of how a file was read, on stderr. */
export function sayWarnings(warnings: readonly IngestFinding[] = []): void {
  for (const line of findingLines(warnings.slice(0, SHOWN))) say(line);
  if (warnings.length > SHOWN) say(`${warnings.length - SHOWN} more warnings; --json tells all.`);
}

/** At the end of a training: columns that the model does not use, those that tell too much, and again what to check. */
export function sayFound({
  leftOut = [],
  suspectedLeakage = [],
  warnings = [],
}: Pick<ShipResult, 'leftOut' | 'suspectedLeakage' | 'warnings'>): void {
  sayColumns('Left out:', leftOut);
  const of = (isWanted: (one: Suspected) => boolean) => suspectedLeakage.filter(isWanted);
  sayColumns(
    'Leakage (keeps the model from being deployed: train with --exclude COLUMN or --allow-leakage COLUMN):',
    of(({ evidence, allowed }) => evidence !== undefined && allowed !== true),
  );
  sayColumns(
    'Leakage, allowed with --allow-leakage:',
    of(({ evidence, allowed }) => evidence !== undefined && allowed === true),
  );
  sayColumns(
    'Suspected leakage, by predictive strength alone (used by the model; --exclude leaves a column out):',
    of(({ evidence }) => evidence === undefined),
  );
  if (warnings.length === 0) return;
  say('\nHow the file was read, to check:');
  sayWarnings(warnings);
}

type Suspected = NonNullable<ShipResult['suspectedLeakage']>[number];

function sayColumns(heading: string, columns: readonly { column: string; reason: string }[]): void {
  if (columns.length === 0) return;
  say(`\n${heading}`);
  for (const { column, reason } of columns.slice(0, SHOWN)) say(`  ${clean(column)}  ${clean(reason)}`);
  if (columns.length > SHOWN) say(`  and ${columns.length - SHOWN} more; --json tells all`);
}
