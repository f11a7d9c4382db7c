import { formatMetric } from '../../words/index.ts';
import css from './curve-picture.module.css';
import type { Dependence } from './read-explanation.ts';

const SIZE = 200;

/** How the mean answer changes with a column: a line for each output, and for a lone one the spread of the rows. */
export function DependencePicture(props: { found: Dependence; outputs: readonly string[]; label: string }) {
  const { points, type } = props.found;
  const isOrdered = type !== 'string' && type !== 'boolean';
  const lone = props.outputs.length === 1;
  const levels = points.flatMap(({ mean, low, high }) => (lone ? [...mean, low, high] : mean));
  const [least, most] = [Math.min(...levels), Math.max(...levels)];
  const x = placesOf(points, isOrdered && type === 'number');
  const y = (level: number) => at(most > least ? 1 - (level - least) / (most - least) : 0.5);
  const lineOf = (output: number) =>
    points.map(({ mean }, i) => `${i === 0 ? 'M' : 'L'}${at(x[i]!)} ${y(mean[output] ?? 0)}`).join('');
  const spread = points.map(({ low, high }, i) => `M${at(x[i]!)} ${y(low)}V${y(high)}`).join('');
  return (
    <div className={css.picture}>
      <span className={css.y} aria-hidden="true">
        {formatMetric(most)}
      </span>
      <svg viewBox={`-4 -4 ${SIZE + 8} ${SIZE + 8}`} role="img" aria-label={props.label}>
        <path className={css.frame} d={`M0 0V${SIZE}H${SIZE}`} />
        {lone ? <path className={css.diagonal} d={spread} /> : null}
        {isOrdered
          ? props.outputs.map((output, k) => <path key={output} className={css.curve} d={lineOf(k)} />)
          : null}
        {points.map(({ value, mean }, i) =>
          mean.map((level, k) => (
            <circle
              key={`${String(value)} ${props.outputs[k]}`}
              className={css.dot}
              cx={at(x[i]!)}
              cy={y(level)}
              r={isOrdered ? 2 : 4}
            />
          )),
        )}
      </svg>
      <span className={css.y} aria-hidden="true">
        {formatMetric(least)}
      </span>
    </div>
  );
}

/** Where each point stands from left to right, 0 to 1: numbers by their value, others in their order. */
function placesOf(points: Dependence['points'], byValue: boolean): number[] {
  const values = points.map(({ value }, i) => (byValue ? Number(value) : i));
  const [least, most] = [Math.min(...values), Math.max(...values)];
  return values.map((value) => (most > least ? (value - least) / (most - least) : 0.5));
}

function at(share: number): string {
  return (Math.min(1, Math.max(0, share)) * SIZE).toFixed(1);
}
