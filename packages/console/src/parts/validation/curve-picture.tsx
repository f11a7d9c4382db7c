import css from './curve-picture.module.css';
import type { Point } from './read-report.ts';

const SIZE = 200;

type CurvePictureProps = {
  points: readonly Point[];
  /** What it shows, in words. */
  label: string;
  x: string;
  y: string;
  diagonal: boolean;
  dots?: boolean;
};

/** A curve in the unit square. */
export function CurvePicture(props: CurvePictureProps) {
  const path = props.points.map(
    (point, index) => `${index === 0 ? 'M' : 'L'}${at(point.x)} ${at(1 - point.y)}`,
  );
  return (
    <div className={css.picture}>
      <span className={css.y} aria-hidden="true">
        {props.y}
      </span>
      <svg viewBox={`-4 -4 ${SIZE + 8} ${SIZE + 8}`} role="img" aria-label={props.label}>
        <path className={css.frame} d={`M0 0V${SIZE}H${SIZE}`} />
        {props.diagonal ? <path className={css.diagonal} d={`M0 ${SIZE}L${SIZE} 0`} /> : null}
        <path className={css.curve} d={path.join('')} />
        {props.dots
          ? props.points.map((point) => (
              <circle
                key={`${point.x} ${point.y}`}
                className={css.dot}
                cx={at(point.x)}
                cy={at(1 - point.y)}
                r={3.5}
              />
            ))
          : null}
      </svg>
      <span className={css.x} aria-hidden="true">
        {props.x}
      </span>
    </div>
  );
}

function at(share: number): string {
  return (Math.min(1, Math.max(0, share)) * SIZE).toFixed(1);
}
