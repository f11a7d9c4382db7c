import type { Gate } from '@slipway/contract';
import { formatNumber, nameInWords } from '../words/index.ts';
import css from './gates.module.css';
import { StateMark } from './state-mark.tsx';

/** The gates as a checklist, each with its reason. */
export function Gates(props: { gates: readonly Gate[] }) {
  if (props.gates.length === 0) return <p>No gate was asked.</p>;
  return (
    <ul className={css.gates}>
      {props.gates.map((gate) => (
        <li key={gate.id}>
          <StateMark state={gate.passed ? 'passed' : 'failed'}>
            {gate.passed ? 'holds' : 'does not hold'}
          </StateMark>
          <div>
            <p className={css.name}>{nameOf(gate)}</p>
            <p className={css.says}>{gate.says}</p>
            {gate.set === undefined ? null : <p className={css.says}>{rowsOf(gate)}</p>}
          </div>
          <p className={css.figures}>{figures(gate)}</p>
        </li>
      ))}
    </ul>
  );
}

/** A condition is shown as it was written; other gates by their names. */
function nameOf({ id }: Gate): string {
  return /[<>]/.test(id) ? id : nameInWords(id);
}

/** Which rows it decided on. */
function rowsOf({ set = '', rows, slice, group }: Gate): string {
  const of = slice === undefined ? '' : ` where ${slice}`;
  const by = group === undefined ? '' : `, by ${group}`;
  const count = rows === undefined ? '' : `, ${formatNumber(rows)} rows`;
  return `Set: ${set}${of}${by}${count}`;
}

function figures({ observed, threshold }: Gate): string {
  if (observed === null) return '';
  return threshold === null
    ? formatNumber(observed)
    : `${formatNumber(observed)} against ${formatNumber(threshold)}`;
}
