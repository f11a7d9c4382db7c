import { type LabelProgress, type LabelQueue, type LabelTask, ownValue } from '@slipway/contract';
import { clean } from '../output.ts';
import { paint } from '../report-failure.ts';
import { CHOICE_KEYS } from './read-key.ts';

/** A row to label, as a terminal shows it: its values, the choices and the keys. */
export function showTask(queue: LabelQueue, task: LabelTask, progress: LabelProgress): string {
  const names = Object.keys(task.values);
  const width = Math.min(40, Math.max(0, ...names.map((name) => name.length)));
  const values = names.map((name) => {
    const value = ownValue(task.values, name) ?? null;
    const text = value === null ? paint('2', '–') : clean(String(value));
    return `  ${paint('2', clean(name).padEnd(width))}  ${text}`;
  });
  return [
    '',
    paint('2', `row ${task.row} of ${queue.dataset}, version ${queue.version} · ${progressSays(progress)}`),
    ...values,
    '',
    `${paint('1', queue.target)}?`,
    ...choiceLines(queue.choices),
    paint('2', `  ${answerSays(queue.choices)}   s skip   u take back   q quit`),
    '',
  ].join('\n');
}

function progressSays({ done, tasks, answers, skips }: LabelProgress): string {
  return `${done} of ${tasks} rows done, ${answers} answers, ${skips} skipped`;
}

function choiceLines(choices: LabelQueue['choices']): string[] {
  return (choices ?? []).map((choice, index) => `  ${paint('36', String(index + 1))}  ${clean(choice)}`);
}

function answerSays(choices: LabelQueue['choices']): string {
  if (choices === null) return 'type a number, then Enter';
  if (choices.length > CHOICE_KEYS) return `1–${choices.length}, then Enter`;
  return `1–${choices.length} choose`;
}
