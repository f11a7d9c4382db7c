import type { Curve } from '@slipway/contract';
import { formatMetric, formatNumber } from '../words/index.ts';
import { DataTable } from './data-table.tsx';
import css from './learning-curves.module.css';

const WIDTH = 400;
const HEIGHT = 160;

/** Validation loss over training, one line for each curve on one scale, and the same as a table. */
export function LearningCurves(props: { curves: readonly Curve[]; caption?: string }) {
  const curves = props.curves.filter((curve) => curve.values.length > 0);
  if (curves.length === 0) return null;
  const values = curves.flatMap((curve) => curve.values);
  const low = Math.min(...values);
  const high = Math.max(...values);
  const last = Math.max(...curves.flatMap((curve) => curve.steps));
  const x = (step: number) => (WIDTH * (step - 1)) / Math.max(1, last - 1);
  const y = (value: number) => (high > low ? HEIGHT * (1 - (value - low) / (high - low)) : HEIGHT / 2);
  const path = (curve: Curve) =>
    curve.values.map((value, i) => `${i === 0 ? 'M' : 'L'}${x(curve.steps[i]!)} ${y(value)}`).join('');
  return (
    <>
      <figure className={css.picture}>
        <svg
          viewBox={`-2 -2 ${WIDTH + 4} ${HEIGHT + 4}`}
          role="img"
          aria-label={props.caption ?? 'Learning curves'}
        >
          <rect className={css.axis} x={0} y={0} width={WIDTH} height={HEIGHT} />
          {curves.map((curve) => (
            <path key={curve.name} className={css.line} d={path(curve)} />
          ))}
        </svg>
        <figcaption className={css.scale}>
          <span>
            loss {formatMetric(low)} to {formatMetric(high)}
          </span>
          <span>step 1 to {formatNumber(last)}</span>
        </figcaption>
      </figure>
      <DataTable
        caption={props.caption ?? 'Learning curves'}
        narrow
        rows={curves}
        rowKey={(curve) => curve.name}
        columns={[
          { id: 'name', title: 'Curve', show: (curve) => curve.name },
          { id: 'first', title: 'First', end: true, show: (curve) => formatMetric(curve.values[0]!) },
          { id: 'low', title: 'Lowest', end: true, show: (curve) => formatMetric(Math.min(...curve.values)) },
          { id: 'steps', title: 'Steps', end: true, show: (curve) => formatNumber(curve.steps.at(-1)!) },
        ]}
      />
    </>
  );
}
