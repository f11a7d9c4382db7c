import { type Bar, barsOf, sharesOf } from './bar-geometry.ts';
import css from './bars.module.css';

const WIDTH = 100;
const HEIGHT = 100;

/** A histogram as a picture. `label` says in words what it shows; a table of the same stands near it. */
export function Bars(props: {
  counts: readonly number[];
  edges?: readonly number[];
  label: string;
  small?: boolean;
}) {
  return (
    <svg
      className={props.small ? css.small : css.large}
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={props.label}
    >
      <path className={css.bars} d={barsOf(props.counts, props.edges).map(filled).join('')} />
      <path className={css.ground} d={`M0 ${HEIGHT}H${WIDTH}`} />
    </svg>
  );
}

/** Two histograms over the same bins: now as filled bars, the reference as a stepped line above them. */
export function ComparedBars(props: {
  reference: readonly number[];
  current: readonly number[];
  label: string;
  small?: boolean;
}) {
  const [reference, current] = [sharesOf(props.reference), sharesOf(props.current)];
  const most = Math.max(...reference, ...current);
  return (
    <svg
      className={props.small ? css.small : css.large}
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={props.label}
    >
      <path className={css.bars} d={barsOf(current, undefined, most).map(filled).join('')} />
      <path className={css.reference} d={stepped(barsOf(reference, undefined, most))} />
      <path className={css.ground} d={`M0 ${HEIGHT}H${WIDTH}`} />
    </svg>
  );
}

/** What the two kinds of bar mean. */
export function ComparedLegend() {
  return (
    <p className={css.legend}>
      <svg width="18" height="12" viewBox="0 0 18 12" aria-hidden="true">
        <path className={css.reference} d="M1 9V4H9V7H17V9" />
      </svg>
      training
      <svg width="18" height="12" viewBox="0 0 18 12" aria-hidden="true">
        <path className={css.bars} d="M2 12V4h5v8zM10 12V7h5v5z" />
      </svg>
      this window
    </p>
  );
}

const GAP = 0.12;

function filled(bar: Bar): string {
  if (bar.height === 0) return '';
  const inset = bar.width * GAP * 0.5;
  const [x, width] = [(bar.x + inset) * WIDTH, (bar.width - 2 * inset) * WIDTH];
  return `M${at(x)} ${HEIGHT}V${at(bar.y * HEIGHT)}h${at(width)}V${HEIGHT}z`;
}

function stepped(bars: readonly Bar[]): string {
  const steps = bars.map((bar) => `L${at(bar.x * WIDTH)} ${at(bar.y * HEIGHT)}h${at(bar.width * WIDTH)}`);
  return `M0 ${HEIGHT}${steps.join('')}V${HEIGHT}`;
}

function at(place: number): string {
  return String(Math.round(place * 100) / 100);
}
