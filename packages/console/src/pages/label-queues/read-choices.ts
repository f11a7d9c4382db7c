/** The choices typed with commas between them; undefined when there are none, so that the column's own are taken. */
export function readChoices(text: string): string[] | undefined {
  const choices = text
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '');
  return choices.length === 0 ? undefined : choices;
}
