import { escapeMarkdown as text } from './escape-markdown.ts';
import type { ValidationReport } from './model.ts';

type LaterValidation = {
  dataset: string;
  datasetVersion: number;
  by: string;
  createdAt: string;
  says: string;
  gates: readonly { passed: boolean; says: string }[];
  report: unknown;
};

/**
 * What a version was measured to be after it was packed, as a section behind its card, newest first; empty where it was not
 * measured again. The card itself is signed with the bundle and stays as it was.
 */
export function renderLaterValidations(validations: readonly LaterValidation[]): string {
  if (validations.length === 0) return '';
  const lines = validations.flatMap(({ dataset, datasetVersion, by, createdAt, says, gates, report }) => [
    `- ${text(createdAt)}, ${text(`${dataset}@${datasetVersion}`)}, by ${text(by)}: ${text(says)}`,
    ...notesIn(report).map((note) => `  - ${text(note)}`),
    ...gates.map((gate) => `  - ${gate.passed ? 'Holds' : '**Closed**'}: ${text(gate.says)}`),
  ]);
  return `\n## Measured later\n\n${lines.join('\n')}\n`;
}

function notesIn(report: unknown): string[] {
  const { datasets = [] } = (report ?? {}) as Partial<ValidationReport>;
  return datasets.flatMap(({ origin }) => origin?.notes ?? []);
}
