import { ownValue } from '@slipway/contract';
import { groupSection } from './card/group-section.ts';
import { count } from './card/in-words.ts';
import { section, table } from './card/markdown.ts';
import { qualityInWords } from './card/quality-in-words.ts';
import { qualitySections } from './card/quality-tables.ts';
import { escapeMarkdown as text } from './escape-markdown.ts';
import { figure } from './gates/figures.ts';
import type { DatasetReport, ValidationReport } from './model.ts';

export type OptimizedCardFacts = {
  target: string;
  /** The version that this one was made from. */
  from: { model: string; version: number };
  /** The technique that was chosen, and what came of it in a sentence or two. */
  technique: string;
  says: string;
  /** UTC ISO 8601. */
  createdAt: string;
  /** Of this version on the rows that the two were compared on, with the source as its champion. */
  report: ValidationReport;
  /** Which rows those are, such as `1,410 rows held out of its training`. */
  rows: string;
  /** Whether the source had learnt from these rows: then they tell the two forms apart, and not how good either is. */
  learnt: boolean;
  /** The card of the source, as Markdown. */
  sourceCard: string;
};

/** Sections that the source's figures are in. The level of quality is told anew where it could be measured. */
const MEASURED = ['How well it does', 'Groups', 'Quality on hold-out'];
const COMPARED = 'Compared with version';

/**
 * The card of a version that was compressed from another, as Markdown: what it is, its own figures beside those of its source on the
 * same rows, and then what the card of the source says that holds for both.
 */
export function renderOptimizedCard(facts: OptimizedCardFacts): string {
  const { target, from, report, learnt } = facts;
  const measured = report.datasets[0]!;
  const [head = '', ...former] = facts.sourceCard
    .trimEnd()
    .split(/\n(?=## )/)
    .map((part) => part.trimEnd());
  const kept = former.filter((part) => isKept(part, learnt));
  const sections = [
    `# ${text(from.model)}, made from version ${from.version} (${text(facts.technique)})`,
    purposeOf(head),
    `Made on ${text(facts.createdAt.slice(0, 10))} by Slipway from version ${from.version}. ${text(facts.says)}`,
    comparedSection(facts, measured),
    ...(learnt ? [] : [qualityInWords(target, report), groupSection(measured)]),
    ...(learnt ? [] : qualitySections(report, measured)),
    `*What follows is from the card of version ${from.version}, which this version was compressed from${learnt ? '; its figures of quality are of that version before it was refitted' : ''}.*`,
    ...kept,
  ];
  return `${sections.filter((part) => part !== '').join('\n\n')}\n`;
}

/** What the model predicts, from the head of the source's card: the paragraph that says so, without when and by whom it was made. */
function purposeOf(head: string): string {
  const paragraph = head.split('\n').find((line) => line.startsWith('Predicts '));
  return paragraph?.replace(/ ?Made on \S+ by Slipway\.$/, '') ?? '';
}

function isKept(part: string, learnt: boolean): boolean {
  const title = part.slice('## '.length, part.indexOf('\n'));
  if (title.startsWith(COMPARED)) return false;
  return learnt || !MEASURED.includes(title);
}

function comparedSection({ from, rows, learnt }: OptimizedCardFacts, measured: DatasetReport): string {
  const former = measured.champion?.metrics ?? {};
  const lines = Object.entries(measured.metrics).map(([id, value]) => {
    const before = ownValue(former, id);
    return [id, figure(value), before === undefined ? '' : figure(before)];
  });
  const caution = learnt
    ? ` Version ${from.version} was trained on these rows, and so was this one: both figures are better than on new rows, and only their difference counts.`
    : '';
  return section(`${COMPARED} ${from.version}`, [
    `Both versions on ${count(measured.rows)} rows (${text(rows)}).${caution}`,
    table(['metric', 'this version', `version ${from.version}`], lines),
  ]);
}
