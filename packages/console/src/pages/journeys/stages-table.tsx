import type { Journey } from '@slipway/contract';
import { Link } from '@tanstack/react-router';
import { DataTable } from '../../parts/data-table.tsx';
import { Fold } from '../../parts/figure.tsx';
import { Moment } from '../../parts/moment.tsx';
import { Sentence } from '../../parts/sentence.tsx';
import { stagesInOrder } from '../../parts/stages-in-order.ts';
import { StateMark } from '../../parts/state-mark.tsx';
import { formatSeconds } from '../../words/index.ts';
import css from './journeys.module.css';

/** The rail as a table, with what each stage says. */
export function StagesTable(props: { journey: Journey }) {
  return (
    <DataTable
      caption={`Stages of the journey of ${props.journey.name}`}
      rows={stagesInOrder(props.journey.stages)}
      rowKey={(stage) => stage.stage}
      columns={[
        { id: 'stage', title: 'Stage', show: (stage) => stage.stage },
        { id: 'state', title: 'State', show: (stage) => <StateMark state={stage.state} /> },
        {
          id: 'seconds',
          title: 'Took',
          end: true,
          show: (stage) => (stage.seconds === null ? '—' : formatSeconds(stage.seconds)),
        },
        {
          id: 'says',
          title: 'Message',
          show: (stage) => <Sentence>{stage.says ?? '—'}</Sentence>,
        },
      ]}
    />
  );
}

/** The journeys of the same model before the one shown. */
export function EarlierJourneys(props: { journeys: readonly Journey[] }) {
  return (
    <Fold title={`Earlier journeys (${props.journeys.length})`}>
      <ul className={css.earlier}>
        {props.journeys.map((journey) => (
          <li key={journey.id}>
            <StateMark state={journey.state} />
            <Link to="/journeys/$id" params={{ id: journey.id }}>
              {journey.kind} <Moment at={journey.createdAt} />
            </Link>
          </li>
        ))}
      </ul>
    </Fold>
  );
}
