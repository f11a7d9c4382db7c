import { describe, expect, it } from 'vitest';
import { refuseUnsupportedTask, refuseUnsupportedTraining } from './supported-tasks.ts';

describe('what there is no model for', () => {
  it.each([
    ['clustering', /label open/],
    ['anomaly', /monitor/],
    ['anomaly-detection', /monitor/],
    ['Outlier_Detection', /monitor/],
    ['multi-label', /one model for each target/],
    ['classification', /binary for two classes/],
    ['guess', /inferred from the target/],
  ])('the task %s is refused with the tasks that there are and the nearest way out', (task, hint) => {
    expect(() => refuseUnsupportedTask(task)).toThrow(
      expect.objectContaining({
        code: 'task.unsupported',
        message: expect.stringContaining('binary, multiclass, regression, forecast'),
        hint: expect.stringMatching(hint),
      }),
    );
  });

  it.each(['binary', 'multiclass', 'regression', 'forecast'])('the task %s is none of them', (task) => {
    expect(() => refuseUnsupportedTask(task)).not.toThrow();
  });

  it.each([
    [{ target: ['a', 'b'] }, 'target.several'],
    [{}, 'target.needed'],
    [{ target: '' }, 'target.needed'],
    [{ target: null, task: 'clustering' }, 'task.unsupported'],
  ])('a training of %j is refused as %s', (body, code) => {
    expect(() => refuseUnsupportedTraining(body)).toThrow(expect.objectContaining({ code }));
  });

  it.each([[{ target: 'a' }], [{ target: 7 }], ['text'], [null], [[]]])(
    'whether %j is well formed is for its schema to say',
    (body) => {
      expect(() => refuseUnsupportedTraining(body)).not.toThrow();
    },
  );
});
