import type { DatasetReport } from '../model.ts';
import { RECENT_ROWS, type Skill } from '../shift-report.ts';
import type { Decide } from './decide.ts';
import { figure, interval } from './figures.ts';

/**
 * The appended labels carry signal. They do not when the champion, which was right until now, is no better on the appended
 * rows than a constant prediction fitted to them, its gain there lies clearly below that on its own hold-out, and the candidate,
 * which was trained on some of them, is no better on the held-out others either, nor is a simple model of the appended rows
 * alone: earlier rows of another relation may have kept the candidate from learning the new one. A shift that a person accepted does not
 * open this gate, but where too few appended rows are held out to see what the candidate learnt of them.
 */
export const labelSignal: Decide<'label-signal'> = ({ minRows }, _, { report }) => {
  const { shift, datasets, primaryMetric: metric } = report;
  const base = { observed: null, threshold: null };
  if (shift === undefined || shift.relation === null)
    return {
      ...base,
      passed: true,
      says: 'How the champion predicts the appended rows could not be measured.',
    };
  const { holdout, appended } = shift.relation;
  const observed = appended.gain.value;
  const figures = `version ${shift.champion} has ${metric} ${figure(appended.primary.value)} on ${appended.rows.toLocaleString('en')} appended rows (95 % interval ${figure(appended.primary.low)} to ${figure(appended.primary.high)}) and ${figure(holdout.primary.value)} on its own hold-out`;
  const open = (says: string) => ({ passed: true, observed, threshold: 0, says });
  if (!gains(holdout))
    return open(
      `The champion is not significantly better than a constant prediction, so its predictions cannot show whether the labels carry signal: ${figures}.`,
    );
  if (gains(appended)) return open(`The champion predicts the appended labels: ${figures}.`);
  if (!(appended.gain.high < holdout.gain.low))
    return open(`Too few rows to tell whether the champion predicts the appended labels worse: ${figures}.`);
  const recent = datasets.find(({ name }) => name === RECENT_ROWS);
  if (recent === undefined || recent.rows < minRows) {
    const says = `The champion no longer predicts the appended labels (${figures}), and ${recent?.rows ?? 0} held-out appended rows are too few to show that the new model does.`;
    return {
      passed: shift.accepted,
      observed,
      threshold: 0,
      says: shift.accepted
        ? `${says} Accepted as intended.`
        : `${says} Append more rows, or retrain with --accept-shift if the change is intended.`,
    };
  }
  const learnt = skillOf(recent);
  if (gains(learnt))
    return open(
      `The relation of inputs and target changed, and the new model learnt it: ${figures}; the new model has ${figure(learnt.primary.value)} on ${learnt.rows} held-out appended rows.`,
    );
  const { alone } = shift.relation;
  if (alone !== undefined && gains(alone))
    return open(
      `The relation of inputs and target changed, and the new model did not learn it from earlier and appended rows together: ${figures}; on ${learnt.rows} held-out appended rows the new model has ${figure(learnt.primary.value)}, a simple model of the appended rows alone ${figure(alone.primary.value)}. If the change is real, retrain on the recent rows, such as with --recent-rows ${shift.rows.appended} --accept-shift.`,
    );
  const says = `The appended labels carry no signal: ${figures}; the new model, trained on appended rows, has ${figure(learnt.primary.value)} on ${learnt.rows} held-out ones, no better than a constant prediction (gain ${interval(learnt.gain)}). Check how these labels were joined to their rows, and roll the rows back with \`slipway data rollback\`.`;
  return { passed: false, observed, threshold: 0, says };
};

/** Significantly better than a constant prediction, in the primary metric or in log loss. */
function gains({ gain, logLossGain }: Skill): boolean {
  return gain.low > 0 || (logLossGain?.low ?? 0) > 0;
}

/** What a report says about a model against the constant prediction of its baseline. */
export function skillOf({ rows, primary, baseline }: DatasetReport): Skill {
  const { value, low, high } = primary;
  return {
    rows,
    primary: { value, low, high },
    gain: baseline.difference,
    logLossGain: baseline.logLossGain,
  };
}
