import type { Decide } from './decide.ts';
import { figure } from './figures.ts';

/** Probabilities mean what they say. On few rows the error is mostly noise, so there it is not judged. */
export const maxCalibrationError: Decide<'max-calibration-error'> = ({ value, minRows }, dataset) => {
  const observed = dataset.metrics.ece ?? null;
  if (observed === null) {
    return { passed: true, observed, threshold: value, says: 'There are no probabilities to be calibrated.' };
  }
  if (dataset.rows < minRows) {
    const says = `Calibration is not judged on ${dataset.rows} rows; it takes ${minRows}.`;
    return { passed: true, observed, threshold: value, says };
  }
  const says = `Stated probabilities are off by ${figure(observed)} on average; at most ${figure(value)} is allowed.`;
  return { passed: observed <= value, observed, threshold: value, says };
};
