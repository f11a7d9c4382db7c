import type { Agreement, Submission } from '../model.ts';
import { cohenKappa } from './cohen-kappa.ts';
import { type Difference, krippendorffAlpha } from './krippendorff-alpha.ts';

/** How far the people who answered the same tasks agree; skips do not count. Of numbers alpha weighs how far apart they are. */
export function agreementOf(
  submissions: readonly Submission[],
  difference: Difference = 'nominal',
): Agreement {
  const tasks = answersByTask(submissions);
  const lists = [...tasks.values()].map((answers) => [...answers.values()]);
  const people = [...new Set(submissions.map(({ person }) => person))].sort();
  const pairs = people.flatMap((a, i) => people.slice(i + 1).map((b): [string, string] => [a, b]));
  return {
    observed: observedAgreement(lists),
    krippendorffAlpha: krippendorffAlpha(lists, difference),
    pairs: pairs
      .map((pair) => ({ pair, common: commonAnswers(pair, tasks) }))
      .filter(({ common }) => common.length > 0)
      .map(({ pair, common }) => ({ people: pair, tasks: common.length, cohenKappa: cohenKappa(common) })),
  };
}

type Answers = ReadonlyMap<string, ReadonlyMap<string, string>>;

function answersByTask(submissions: readonly Submission[]): Answers {
  const tasks = new Map<string, Map<string, string>>();
  for (const { taskId, person, value } of submissions) {
    if (value === null) continue;
    const answers = tasks.get(taskId) ?? new Map<string, string>();
    tasks.set(taskId, answers.set(person, value));
  }
  return tasks;
}

function commonAnswers([a, b]: [string, string], tasks: Answers): [string, string][] {
  return [...tasks.values()].flatMap((answers) => {
    const [first, second] = [answers.get(a), answers.get(b)];
    return first === undefined || second === undefined ? [] : [[first, second] as [string, string]];
  });
}

function observedAgreement(tasks: readonly (readonly string[])[]): number {
  let [equal, pairs] = [0, 0];
  for (const answers of tasks) {
    answers.forEach((answer, i) => {
      for (const other of answers.slice(i + 1)) {
        pairs++;
        if (answer === other) equal++;
      }
    });
  }
  return equal / pairs;
}
