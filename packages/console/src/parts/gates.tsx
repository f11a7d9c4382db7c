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
            <p className={css.name}>{nameInWords(gate.id)}</p>
            <p className={css.says}>
              {gate.says}
              {gate.observed === null ? '' : ` Observed ${formatNumber(gate.observed)}`}
              {gate.observed === null || gate.threshold === null
                ? ''
                : `, against ${formatNumber(gate.threshold)}`}
              {gate.observed === null ? '' : '.'}
            </p>
          </div>
        </li>
      ))}
    </ul>
  );
}
