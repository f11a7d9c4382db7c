import type { EtsForm, EtsWeights } from './ets-form.ts';

/** Where the recursion stands: `seasonal[at]` is the season of the next step. */
export type EtsPosition = { level: number; slope: number; seasonal: Float64Array; at: number };

/** What a run of the recursion over values left behind. */
export type EtsRun = {
  /** Sum of squared errors, relative to the forecast where errors are multiplicative. */
  squares: number;
  /** Sum of the logarithms of the forecasts, of multiplicative errors. */
  logs: number;
  /** Whether it stayed finite, and above zero where it is multiplied. */
  isSound: boolean;
};

/**
 * Runs the recursion of innovations state space models (Hyndman et al. 2008, table 2.2) over `values`, moving
 * `position` in place.
 */
export function smooth(
  form: EtsForm,
  { alpha, beta, gamma, phi }: EtsWeights,
  position: EtsPosition,
  values: Float64Array,
): EtsRun {
  const { seasonal } = position;
  const isMultiplicative = form.season === 'M';
  const isRelative = form.error === 'M';
  const hasSeason = form.season !== 'N';
  const damping = form.trend === 'N' ? 0 : phi;
  let { level, slope, at } = position;
  let [squares, logs, isSound] = [0, 0, true];
  for (let i = 0; i < values.length; i++) {
    const y = values[i]!;
    const s = hasSeason ? seasonal[at]! : 0;
    const flow = damping * slope;
    const base = level + flow;
    const forecast = isMultiplicative ? base * s : base + s;
    const error = y - forecast;
    if (isRelative) {
      const relative = error / forecast;
      squares += relative * relative;
      logs += Math.log(Math.abs(forecast));
      if (!(forecast > 0)) isSound = false;
    } else squares += error * error;
    const seasonedError = isMultiplicative ? error / s : error;
    level = base + alpha * seasonedError;
    slope = flow + beta * seasonedError;
    if (hasSeason) {
      seasonal[at] = s + gamma * (isMultiplicative ? error / base : error);
      at = at + 1 === seasonal.length ? 0 : at + 1;
    }
  }
  position.level = level;
  position.slope = slope;
  position.at = at;
  return { squares, logs, isSound: isSound && Number.isFinite(squares) && Number.isFinite(level) };
}

/** The next `steps` values, each the forecast without further errors. */
export function projectEts(
  form: EtsForm,
  phi: number,
  { level, slope, seasonal, at }: EtsPosition,
  steps: number,
): Float64Array {
  const damping = form.trend === 'N' ? 0 : phi;
  const ahead = new Float64Array(steps);
  let [share, reach] = [damping, damping];
  for (let k = 0; k < steps; k++) {
    const base = level + reach * slope;
    const s = form.season === 'N' ? 0 : seasonal[(at + k) % seasonal.length]!;
    ahead[k] = form.season === 'M' ? base * s : base + s;
    share *= damping;
    reach += share;
  }
  return ahead;
}
