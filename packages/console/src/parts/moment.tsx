import { formatMoment } from '../words/index.ts';

/** A time in the reader's zone; hovering shows it in UTC. */
export function Moment(props: { at: string | null; precise?: boolean }) {
  if (props.at === null) return <>—</>;
  return (
    <time dateTime={props.at} title={props.at}>
      {formatMoment(props.at, props.precise)}
    </time>
  );
}
