import { LOCAL_ORDER, labelOf, sayLocally } from './backtest.ts';
import { elapsed, isPast, tell, UNTIL, type Work } from './forecast-work.ts';
import type { LocalModelId } from './model.ts';

/** The first series compile the code; how long the rest will take shows after so many more. */
const WARM_UP = 4;

const PROBED = 24;

/** Lets every local model forecast every case, the cheap ones first: what comes late may find no time left. */
export function backtestLocals(work: Work): void {
  for (const id of LOCAL_ORDER) backtestLocally(work, id);
}

/** Lets a model forecast every case, in a hurry where it would take too long, and not at all where even that would. */
function backtestLocally(work: Work, id: LocalModelId): void {
  const { set } = work.request;
  const begun = work.clock.monotonic();
  const isDone = sayInTime(work, id, false) || sayInTime(work, id, true);
  if (!isDone && !isEssential(id)) {
    for (const one of work.cases) delete one.said[id];
    const series = `${set.series.length.toLocaleString('en')} series`;
    work.says.push(`${labelOf(id)} was left out: it would have taken too long for ${series}.`);
  }
  work.seconds.set(id, (work.clock.monotonic() - begun) / 1000);
  const spent = Math.min(UNTIL.local, elapsed(work) / work.request.budgetSeconds);
  tell(work, spent, `${labelOf(id)} backtested`);
}

/** Whether the model was done with all series before its time was over. */
function sayInTime(work: Work, id: LocalModelId, isHurried: boolean): boolean {
  const { request, windows, casesOf } = work;
  const { series } = request.set;
  if (isHurried) work.hurried.add(id);
  let warm = work.clock.monotonic();
  for (let index = 0; index < series.length; index++) {
    if (isPast(work, UNTIL.local) && !isEssential(id)) return false;
    work.standing[index]![id] = sayLocally(id, series[index]!, casesOf[index]!, windows, isHurried);
    if (index === WARM_UP) warm = work.clock.monotonic();
    if (index !== WARM_UP + PROBED) continue;
    const each = (work.clock.monotonic() - warm) / 1000 / PROBED;
    const isLate = elapsed(work) + each * (series.length - index) > UNTIL.local * request.budgetSeconds;
    if (isLate && !isEssential(id)) return false;
  }
  return true;
}

/** The models that cost next to nothing are always there. */
function isEssential(id: LocalModelId): boolean {
  return id === 'naive' || id === 'seasonal-naive';
}
