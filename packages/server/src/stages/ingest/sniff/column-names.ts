import type { IngestFinding } from '@slipway/contract';

export type NamedColumns = { names: string[]; findings: IngestFinding[] };

/** What a first column without a name is called where the header is one field shorter than the rows. */
export const ROW_NAMES = 'row_names';

/**
 * Names of the columns: in one line, in Unicode form NFC, trimmed; empty ones numbered, repeated ones numbered on. Names
 * that differ only in case count as repeated, as most table engines have it. Every change is a finding.
 */
export function uniqueNames(header: readonly string[]): NamedColumns {
  const plain = header.map(plainName);
  const taken = new Set(plain.map((name) => name.toLowerCase()));
  const seen = new Set<string>();
  const findings = tidied(header, plain);
  const names = plain.map((asked, i) => {
    if (asked !== '' && !seen.has(asked.toLowerCase())) {
      seen.add(asked.toLowerCase());
      return asked;
    }
    const name = freeName(asked === '' ? `column_${i + 1}` : asked, taken, seen, asked === '');
    seen.add(name.toLowerCase());
    const message =
      asked === ''
        ? `Column ${i + 1} has no name; it is called ${name}.`
        : `The name ${asked} is repeated; column ${i + 1} is called ${name}.`;
    findings.push({ code: 'renamed-column', severity: 'warning', message, column: name, value: asked });
    return name;
  });
  return { names, findings };
}

/** Tabs, line breaks and other control characters. */
const BREAKS = /[\p{Cc}\u2028\u2029]+/u;

/** Line breaks and control characters as spaces, composed letters, nothing around it, nothing invisible. */
export function plainName(cell: string): string {
  return cell
    .split(BREAKS)
    .map((part, i, parts) => trimBlanks(part, i > 0, i < parts.length - 1))
    .join(' ')
    .replace(/[\u200b\u200e\u200f\u2060\ufeff]/g, '')
    .normalize('NFC')
    .trim();
}

function trimBlanks(part: string, atStart: boolean, atEnd: boolean): string {
  const start = atStart ? part.trimStart() : part;
  return atEnd ? start.trimEnd() : start;
}

function tidied(header: readonly string[], plain: readonly string[]): IngestFinding[] {
  const findings: IngestFinding[] = [];
  const spaced = header.filter((cell, i) => cell !== plain[i] && cell.trim() === plain[i]);
  if (spaced.length > 0) {
    findings.push({
      code: 'renamed-column',
      severity: 'info',
      message: `Spaces around names are left out: ${spaced
        .slice(0, 5)
        .map((cell) => cell.trim())
        .join(', ')}${spaced.length > 5 ? ', …' : ''}.`,
      count: spaced.length,
    });
  }
  header.forEach((cell, i) => {
    const name = plain[i]!;
    if (cell.trim() === name || name === '') return;
    const why = /[\r\n]/.test(cell.trim())
      ? 'Its line breaks are read as spaces.'
      : cell.trim().normalize('NFC') === name
        ? 'Its letters are stored in their composed Unicode form (NFC).'
        : 'Its control and invisible characters are read as spaces or left out.';
    findings.push({
      code: 'renamed-column',
      severity: 'info',
      message: `Column ${i + 1} is called ${name}. ${why}`,
      column: name,
      value: cell.slice(0, 200),
    });
  });
  return findings;
}

function freeName(base: string, taken: Set<string>, seen: Set<string>, asIs: boolean): string {
  const free = (name: string) => !taken.has(name.toLowerCase()) && !seen.has(name.toLowerCase());
  if (asIs && free(base)) return base;
  for (let n = 2; ; n++) if (free(`${base}_${n}`)) return `${base}_${n}`;
}
