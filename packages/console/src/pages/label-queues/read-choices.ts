/**
 * The choices typed one a line, which may hold commas, or on one line with commas between them; undefined when there are none,
 * so that the column's own are taken.
 */
export function readChoices(text: string): string[] | undefined {
  const choices = text
    .trim()
    .split(text.trim().includes('\n') ? '\n' : ',')
    .map((one) => one.trim())
    .filter((one) => one !== '');
  return choices.length === 0 ? undefined : choices;
}
