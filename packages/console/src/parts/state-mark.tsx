import type { ReactNode } from 'react';
import css from './state-mark.module.css';
import { type Shape, STATES, type StateName } from './states.ts';

const SHAPES: Record<Shape, ReactNode> = {
  tick: <path d="m4.8 8.3 2.2 2.2 4.3-4.8" />,
  cross: <path d="m5.5 5.5 5 5m0-5-5 5" />,
  arc: <path d="M8 2a6 6 0 0 1 6 6" className={css.spin} />,
  ring: null,
  dash: <path d="M5 8h6" />,
  bang: <path d="M8 4.5v4M8 11.2v.1" />,
  dot: <circle cx="8" cy="8" r="1.5" fill="currentColor" />,
};

/** The shape of a state alone; write the word beside it. */
export function StateShape(props: { state: StateName }) {
  const { shape, tone } = STATES[props.state];
  return (
    <svg className={`${css.shape} ${css[tone]}`} viewBox="0 0 16 16" aria-hidden="true" focusable="false">
      <circle cx="8" cy="8" r="6" className={css[shape] ?? ''} />
      {SHAPES[shape]}
    </svg>
  );
}

/** A state by shape, word and colour. */
export function StateMark(props: { state: StateName; children?: ReactNode }) {
  const { word, tone } = STATES[props.state];
  return (
    <span className={`${css.mark} ${css[tone]}`}>
      <StateShape state={props.state} />
      {props.children ?? word}
    </span>
  );
}
