import { escapeMarkdown as text } from './escape-markdown.ts';

type LaterValidation = {
  dataset: string;
  datasetVersion: number;
  by: string;
  createdAt: string;
  passed: boolean | null;
  says: string;
};

/**
 * What a version was measured to be after it was packed, as a section behind its card, newest first; empty where it was not
 * measured again. The card itself is signed with the bundle and stays as it was.
 */
export function renderLaterValidations(validations: readonly LaterValidation[]): string {
  if (validations.length === 0) return '';
  const lines = validations.map(({ dataset, datasetVersion, by, createdAt, passed, says }) => {
    const gates = passed === null ? '' : passed ? ' All gates hold.' : ' **Gates closed.**';
    return `- ${text(createdAt)}, ${text(`${dataset}@${datasetVersion}`)}, by ${text(by)}: ${text(says)}${gates}`;
  });
  return `\n## Measured later\n\n${lines.join('\n')}\n`;
}
