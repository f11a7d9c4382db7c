import css from './progress-line.module.css';

/** How much of something is done, as a line and in words. */
export function ProgressLine(props: { label: string; done: number; of: number; words: string }) {
  const share = props.of === 0 ? 0 : props.done / props.of;
  return (
    <div className={css.progress}>
      <div
        className={css.track}
        role="progressbar"
        aria-label={props.label}
        aria-valuemin={0}
        aria-valuemax={props.of}
        aria-valuenow={props.done}
        aria-valuetext={props.words}
      >
        <div className={css.done} style={{ width: `${share * 100}%` }} />
      </div>
      <span className={css.words}>{props.words}</span>
    </div>
  );
}
