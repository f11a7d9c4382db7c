import { escapeMarkdown as text } from '../escape-markdown.ts';

/** A part of a card under a heading; empty when there is nothing to tell. */
export function section(title: string, lines: readonly (string | false | undefined)[], level = 2): string {
  const told = lines.filter((line) => typeof line === 'string' && line !== '') as string[];
  return told.length === 0 ? '' : `${'#'.repeat(level)} ${title}\n\n${joinLines(told)}`;
}

/** A table needs an empty line before and after it. */
function joinLines(lines: readonly string[]): string {
  return lines.reduce((all, line) => {
    if (all === '') return line;
    const isApart = all.endsWith('|') || line.startsWith('|') || !line.startsWith('- ') || !isItem(all);
    return `${all}${isApart ? '\n\n' : '\n'}${line}`;
  }, '');
}

function isItem(all: string): boolean {
  return all.slice(all.lastIndexOf('\n') + 1).startsWith('- ');
}

export function fact(label: string, value: string | number | undefined): string | undefined {
  return value === undefined ? undefined : `- ${label}: ${text(String(value))}`;
}

export function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(heads), line(heads.map(() => '---')), ...rows.map(line)].join('\n');
}
