import type { Gate, IngestFinding, LeaderboardEntry, ShipResult, Stage } from '@slipway/contract';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { Command } from '../../parts/command.tsx';
import { isRecord } from '../../parts/facts.tsx';
import { Fold } from '../../parts/figure.tsx';
import { Findings } from '../../parts/findings.tsx';
import { ForecastView } from '../../parts/forecast/forecast-view.tsx';
import { readForecast } from '../../parts/forecast/read-forecast.ts';
import { Gates } from '../../parts/gates.tsx';
import { Importance } from '../../parts/importance.tsx';
import { Leaderboard } from '../../parts/leaderboard.tsx';
import { LiveSearch } from '../../parts/live-search.tsx';
import { Metrics } from '../../parts/metrics.tsx';
import { Optimization } from '../../parts/optimization.tsx';
import { Sentence } from '../../parts/sentence.tsx';
import { Confusion } from '../../parts/validation/classification-view.tsx';
import { GroupsView } from '../../parts/validation/groups-view.tsx';
import type { Classification, Slice } from '../../parts/validation/read-report.ts';
import { readShift } from '../../parts/validation/read-shift.ts';
import { ShiftView } from '../../parts/validation/shift-view.tsx';
import { Slices } from '../../parts/validation/validation-report.tsx';

type Facts = Record<string, unknown>;

/**
 * How a stage shows what it made: from the pipeline run's result once there is one, before that from the stage's own
 * facts. `instead` are the facts that it shows, which then need no plain form.
 */
type StageView = { show: (facts: Facts, result: ShipResult | null) => ReactNode; instead: string[] };

export const STAGE_VIEWS: Partial<Record<Stage, StageView>> = {
  ingest: { show: showIngest, instead: ['warnings'] },
  train: { show: showTraining, instead: ['leaderboard', 'trying', 'run', 'tried', 'stoppedEarly'] },
  validate: {
    show: showValidation,
    instead: [
      ...['gates', 'metrics', 'primary', 'baseline', 'champion', 'confusion', 'slices', 'forecast'],
      ...['groups', 'decision', 'expectedCosts', 'expectedClassCosts', 'shift', 'comparedOn'],
    ],
  },
  optimize: { show: showOptimization, instead: ['table', 'chosen', 'holdout', 'says'] },
  pack: { show: showPacking, instead: ['importance'] },
  serve: { show: showEndpoint, instead: ['url', 'inferUrl'] },
};

function showIngest(facts: Facts) {
  const warnings = listOf<IngestFinding>(facts.warnings);
  if (warnings.length === 0) return null;
  return (
    <>
      <h3>To check</h3>
      <Findings findings={warnings} />
    </>
  );
}

function showTraining(facts: Facts, result: ShipResult | null) {
  const entries = result?.leaderboard ?? listOf<LeaderboardEntry>(facts.leaderboard);
  return (
    <>
      {Array.isArray(facts.trying) ? <LiveSearch facts={facts} /> : null}
      {entries.length === 0 ? null : <Leaderboard entries={entries} />}
    </>
  );
}

function showValidation(facts: Facts, result: ShipResult | null) {
  const primary = result?.metrics.primary.name ?? primaryOf(facts);
  const gates = result?.gates ?? listOf<Gate>(facts.gates);
  const metrics =
    result?.metrics.all ?? (isRecord(facts.metrics) ? (facts.metrics as Record<string, number>) : {});
  const slices = listOf<Slice>(facts.slices);
  const forecast = readForecast(facts.forecast);
  const shift = readShift(facts.shift);
  return (
    <>
      <h3>Gates</h3>
      <Gates gates={gates} />
      {result?.decision?.says ? (
        <p>
          <Sentence>{result.decision.says}</Sentence>
        </p>
      ) : null}
      <h3>Metrics</h3>
      <Metrics metrics={metrics} {...(primary === undefined ? {} : { primary })} />
      {isRecord(facts.confusion) ? (
        <>
          <h3>Confusion</h3>
          <Confusion {...(facts.confusion as Classification['confusion'])} />
        </>
      ) : null}
      {shift === undefined ? null : <ShiftView found={shift} />}
      {forecast === undefined ? null : <ForecastView found={forecast} />}
      {result?.groups === undefined ? null : <GroupsView reports={result.groups} />}
      {slices.length === 0 ? null : (
        <Fold title="Where it errs most">
          <Slices slices={slices} />
        </Fold>
      )}
    </>
  );
}

function showOptimization(facts: Facts, result: ShipResult | null) {
  const { says: _, ...record } = result?.optimization ?? facts;
  return <Optimization record={record} />;
}

function showPacking(facts: Facts) {
  if (!isRecord(facts.importance)) return null;
  return (
    <>
      <h3>Which columns move its scores</h3>
      <Importance importance={facts.importance as Record<string, number>} />
    </>
  );
}

function showEndpoint(facts: Facts, result: ShipResult | null) {
  const url = result?.endpoint?.url ?? facts.url;
  if (typeof url !== 'string') return null;
  return (
    <>
      <Command text={url} label="Address of the endpoint" />
      {result?.endpoint ? (
        <p>
          <Link to="/endpoints/$name" params={{ name: result.endpoint.name }}>
            How to call it
          </Link>
        </p>
      ) : null}
    </>
  );
}

function primaryOf(facts: Facts): string | undefined {
  return isRecord(facts.primary) && typeof facts.primary.metric === 'string'
    ? facts.primary.metric
    : undefined;
}

function listOf<T>(value: unknown): T[] {
  return Array.isArray(value) ? (value as T[]) : [];
}
