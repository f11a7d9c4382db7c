import type { DroppedColumn, InputColumn, LeakageSuspicion } from '../prepare/index.ts';
import { cautionSection } from './card/cautions.ts';
import { groupSection } from './card/group-section.ts';
import { percent } from './card/in-words.ts';
import { fact, section, table } from './card/markdown.ts';
import { type Population, populationSection } from './card/population.ts';
import { qualityInWords } from './card/quality-in-words.ts';
import { qualitySections, relianceSection } from './card/quality-tables.ts';
import { shiftSection } from './card/shift-section.ts';
import { thresholdSection } from './card/threshold-section.ts';
import { escapeMarkdown as text } from './escape-markdown.ts';
import type { ValidationReport, Verdict } from './model.ts';

/** What a card can tell. What is left out is not mentioned: a card holds facts only. */
export type CardFacts = {
  name: string;
  version: number;
  /** UTC ISO 8601. */
  createdAt: string;
  target: string;
  report: ValidationReport;
  dataset: { name: string; version: number; manifest?: string; rows?: number };
  split?: { train: number; holdout: number; says: string };
  learner?: string;
  params?: Readonly<Record<string, unknown>>;
  /** Which training rows were used or how they were weighted, in a sentence. */
  recency?: string;
  seed?: number;
  inputs?: readonly InputColumn[];
  /** Why whole numbers are predicted as classes, or as numbers, in sentences; left out where nothing else was possible. */
  taskReason?: string;
  /** Of a retraining: what was kept of the version before though the rows alone say otherwise, or had no use on them, in sentences. */
  carriedOver?: readonly string[];
  /** What was found out about features made of the columns, in a sentence. */
  made?: string;
  dropped?: readonly DroppedColumn[];
  leakage?: readonly LeakageSuspicion[];
  /** What the training rows have, by input, those first that the model relies on most. */
  population?: Population;
  /** How the text of inputs is read, in words, by column; in every later file too. */
  readings?: Readonly<Record<string, string>>;
  /** Share of the training rows that have each class, in the order of the classes. */
  classShares?: readonly number[];
  /** Whether the model was fitted again on all rows, in a sentence. */
  refit?: string;
  verdict?: Verdict;
  /** What was done to the data before, in one sentence each. */
  preparation?: readonly string[];
  owner?: string;
  intendedUse?: string;
  notIntendedUse?: string;
  licence?: string;
};

/**
 * A model card as Markdown (Mitchell et al. 2019): first what anybody must know, in words, then the figures in tables. Every text that
 * came with the data is escaped, so it stays text.
 */
export function renderModelCard(facts: CardFacts): string {
  const { report, target } = facts;
  const sections = [
    heading(facts),
    useSection(facts),
    populationSection(facts.population),
    qualityInWords(target, report),
    thresholdSection(report),
    section(
      'Kept from the version before',
      (facts.carriedOver ?? []).map((says) => `- ${text(says)}`),
    ),
    groupSection(report.datasets[0]!),
    cautionSection(facts),
    relianceSection(report),
    gateSection(facts),
    ...report.datasets.flatMap((dataset) => qualitySections(report, dataset)),
    section(
      'Not measured',
      (report.notMeasured ?? []).map(({ says }) => `- ${text(says)}`),
    ),
    shiftSection(report),
    inputSection(facts),
    dataSection(facts),
    trainingSection(facts),
  ];
  return `${sections.filter((section) => section !== '').join('\n\n')}\n`;
}

const FEW_CLASSES = 12;
const INPUTS_NAMED = 8;

function heading({
  name,
  version,
  target,
  report,
  createdAt,
  inputs,
  classShares,
  population,
  taskReason,
}: CardFacts): string {
  const column = `**${text(target)}**`;
  const names = (population?.columns.map((one) => one.column) ?? inputs?.map((one) => one.name) ?? []).map(
    text,
  );
  const more = names.length > INPUTS_NAMED ? ` and ${names.length - INPUTS_NAMED} more` : '';
  const from = names.length === 0 ? '' : ` from ${names.slice(0, INPUTS_NAMED).join(', ')}${more}`;
  const what = WHAT[report.task](column, report.classes.map(text), classShares, report.decision);
  return `# ${text(name)}, version ${version}\n\nPredicts ${what.says}${from}. ${what.more}${taskReason === undefined ? '' : `${text(taskReason)} `}Made on ${text(createdAt.slice(0, 10))} by Slipway.`;
}

type What = (
  column: string,
  classes: readonly string[],
  shares: readonly number[] | undefined,
  decision: ValidationReport['decision'],
) => { says: string; more: string };

const WHAT: Record<ValidationReport['task'], What> = {
  binary: (column, [no, yes], shares) => ({
    says: `whether ${column} is **${yes}** or ${no}`,
    more: `For each row it gives the probability of ${yes} and an answer.${shares === undefined ? '' : ` In the training rows ${percent(shares[1]!)} were ${yes}.`} `,
  }),
  multiclass: (column, classes, shares, decision) => ({
    says: `which of ${classes.length} classes ${column} is`,
    more: `For each row it gives the probability of each class, and as the answer ${decision?.costMatrix === undefined ? 'the most probable one' : 'the one of least expected cost'}. Classes: ${classesTold(classes, shares)}. `,
  }),
  regression: (column) => ({ says: `the number ${column}`, more: '' }),
  forecast: (column) => ({ says: `the next values of ${column}`, more: '' }),
};

function classesTold(classes: readonly string[], shares: readonly number[] | undefined): string {
  const shown = classes
    .slice(0, FEW_CLASSES)
    .map((name, k) =>
      shares === undefined ? name : `${name} (${percent(shares[k]!)} of the training rows)`,
    );
  return classes.length > shown.length
    ? `${shown.join(', ')} and ${classes.length - shown.length} more`
    : shown.join(', ');
}

function useSection({ owner, intendedUse, licence }: CardFacts): string {
  return section('Use', [
    fact('Owner', owner),
    fact('Intended for', intendedUse),
    fact('Licence of the data', licence),
  ]);
}

function dataSection({ dataset, split, preparation }: CardFacts): string {
  return section('Data', [
    fact('Dataset', `${dataset.name}, version ${dataset.version}`),
    fact('Manifest', dataset.manifest),
    fact('Rows', dataset.rows),
    ...(preparation ?? []).map((sentence) => `- ${text(sentence)}`),
    split && `- Trained on ${split.train} rows, measured on ${split.holdout} others: ${text(split.says)}`,
  ]);
}

function trainingSection({ learner, params, recency, seed, refit }: CardFacts): string {
  return section('Training', [
    fact('Learner', learner),
    params && fact('Parameters', JSON.stringify(params)),
    recency && `- ${text(recency)}`,
    fact('Seed', seed),
    refit &&
      `- ${text(refit)} All figures of quality are of the model before any refit, on rows that it had not seen.`,
  ]);
}

function inputSection({ inputs, readings = {}, made, dropped, leakage }: CardFacts): string {
  const read = new Map(Object.entries(readings));
  const rows = (inputs ?? []).map(({ name, type, nullable }) => [
    text(name),
    type,
    nullable ? 'yes' : 'no',
    text(read.get(name) ?? ''),
  ]);
  return section('Inputs', [
    rows.length > 0 && table(['column', 'type', 'may be missing', 'read as'], rows),
    made && `- ${text(made)}`,
    ...(dropped ?? []).map(({ name, says }) => `- Left out: ${text(name)}. ${text(says)}`),
    ...(leakage ?? []).map((one) => `- ${leakageTold(one)}: ${text(one.says)}`),
  ]);
}

function leakageTold({ evidence, allowed }: LeakageSuspicion): string {
  if (evidence === undefined) return 'Suspected leakage, by predictive strength alone';
  return allowed ? 'Leakage, allowed for this model' : '**Leakage**, not to be deployed';
}

function gateSection({ verdict }: CardFacts): string {
  if (verdict === undefined) return '';
  return section(
    'Gates',
    verdict.results.map(
      ({ id, passed, says }) => `- ${passed ? 'Holds' : '**Closed**'}, ${text(id)}: ${text(says)}`,
    ),
  );
}
