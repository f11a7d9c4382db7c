import { ownValue } from '@slipway/contract';
import { type ReactNode, useState } from 'react';
import { formatMetric, formatShare } from '../../words/index.ts';
import { DataTable } from '../data-table.tsx';
import { Figure, Fold } from '../figure.tsx';
import { ForecastPicture } from './forecast-picture.tsx';
import type { ForecastExample, ForecastFound, ForecastStep } from './read-forecast.ts';
import { timeInWords } from './time-in-words.ts';

/** What was forecast of the steps held out beside what happened, series by series, and errors by step. */
export function ForecastView({ found }: { found: ForecastFound }) {
  return (
    <>
      <h3>Forecast and what happened</h3>
      <SeriesPicker examples={found.examples}>
        {(example) => (
          <ExampleFigure
            example={example}
            caption={`The dashed line is the forecast, the band its ${formatShare(example.level)} interval, the solid line what happened.`}
          />
        )}
      </SeriesPicker>
      <Fold title="Errors by step ahead">
        <StepTable steps={found.steps} />
      </Fold>
    </>
  );
}

/** What is forecast from the end of the data on. */
export function AheadView({ examples }: { examples: readonly ForecastExample[] }) {
  const known = examples.filter(({ ahead }) => ahead !== undefined);
  if (known.length === 0) return null;
  return (
    <SeriesPicker examples={known}>
      {({ series, ahead }) => (
        <ExampleFigure
          example={{ ...ahead!, series, truth: [] }}
          caption={`The dashed line is the forecast, the band its ${formatShare(ahead!.level)} interval.`}
        />
      )}
    </SeriesPicker>
  );
}

type PickerProps = {
  examples: readonly ForecastExample[];
  children: (example: ForecastExample) => ReactNode;
};

function SeriesPicker({ examples, children }: PickerProps) {
  const [asked, setAsked] = useState('');
  const example = examples.find(({ series }) => series === asked) ?? examples[0];
  if (example === undefined) return null;
  return (
    <>
      {examples.length === 1 ? null : (
        <label>
          Series{' '}
          <select value={example.series} onChange={(event) => setAsked(event.currentTarget.value)}>
            {examples.map(({ series }) => (
              <option key={series} value={series}>
                {series}
              </option>
            ))}
          </select>
        </label>
      )}
      {children(example)}
    </>
  );
}

function ExampleFigure({ example, caption }: { example: ForecastExample; caption: string }) {
  const { series, times, history, truth, forecast, lower, upper } = example;
  const name = series === '' ? 'Forecast' : `Forecast of ${series}`;
  const steps = forecast.map((value, k) => ({ k, value, time: times[history.length + k]! }));
  const happened = truth.length > 0;
  return (
    <Figure
      picture={<ForecastPicture label={`${name}. ${caption}`} {...example} />}
      caption={caption}
      table={
        <DataTable
          caption={name}
          narrow
          rows={steps}
          rowKey={(step) => String(step.k)}
          columns={[
            { id: 'time', title: 'Time', show: (step) => timeInWords(step.time) },
            { id: 'forecast', title: 'Forecast', end: true, show: (step) => formatMetric(step.value) },
            {
              id: 'lower',
              title: 'Lower',
              end: true,
              show: (step) => formatMetric(lower[step.k] ?? Number.NaN),
            },
            {
              id: 'upper',
              title: 'Upper',
              end: true,
              show: (step) => formatMetric(upper[step.k] ?? Number.NaN),
            },
            ...(happened
              ? [
                  {
                    id: 'truth',
                    title: 'Happened',
                    end: true,
                    show: (step: { k: number }) => formatMetric(truth[step.k] ?? Number.NaN),
                  },
                ]
              : []),
          ]}
        />
      }
    />
  );
}

function StepTable({ steps }: { steps: readonly ForecastStep[] }) {
  const levels = Object.keys(steps[0]?.coverage ?? {});
  return (
    <DataTable
      caption="Errors by step ahead"
      narrow
      rows={steps}
      rowKey={(step) => String(step.step)}
      columns={[
        { id: 'step', title: 'Step', end: true, show: (step) => String(step.step) },
        { id: 'mase', title: 'MASE', end: true, show: (step) => formatMetric(step.mase ?? Number.NaN) },
        ...levels.map((level) => ({
          id: `level:${level}`,
          title: `Inside the ${formatShare(Number(level))} interval`,
          end: true,
          show: (step: ForecastStep) => formatShare(ownValue(step.coverage, level) ?? Number.NaN),
        })),
      ]}
    />
  );
}
