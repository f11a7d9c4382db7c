import { and, asc, count, eq, gt, gte, inArray, lt, or, sql as statement } from 'drizzle-orm';
import type { Label, LabelFilter, LabelStore, NewLabel } from '../../../metadata/index.ts';
import { labels } from '../schema/index.ts';
import { iso, rowsOf, type Session } from '../session.ts';

const LABELS_IN_A_PAGE = 5000;

export function labelStore({ sql, clock }: Session): LabelStore {
  return {
    async put(endpoint, given) {
      const now = iso(new Date(clock.now()));
      const rows = lastOfEach(given, now);
      if (rows.length === 0) return { labelled: 0, replaced: 0 };
      const [found] = await rowsOf<{ replaced: number }>(sql, upsert(endpoint, rows, now));
      return { labelled: rows.length, replaced: found!.replaced };
    },
    async list(endpoint, filter = {}) {
      const query = sql
        .select()
        .from(labels)
        .where(and(eq(labels.endpoint, endpoint), ...conditions(filter)))
        .orderBy(asc(labels.observedAt), asc(labels.predictionId));
      const rows = await (filter.limit === undefined ? query : query.limit(filter.limit));
      return rows.map(labelOf);
    },
    async *pages(endpoint, filter = {}) {
      let after: Label | undefined;
      for (;;) {
        const rows = await sql
          .select()
          .from(labels)
          .where(and(eq(labels.endpoint, endpoint), ...conditions(filter), after && arrivedAfter(after)))
          .orderBy(asc(labels.arrivedAt), asc(labels.predictionId))
          .limit(LABELS_IN_A_PAGE);
        const page = rows.map(labelOf);
        if (page.length > 0) yield page;
        if (page.length < LABELS_IN_A_PAGE) return;
        after = page.at(-1);
      }
    },
    async count(endpoint, filter = {}) {
      const [row] = await sql
        .select({ n: count() })
        .from(labels)
        .where(and(eq(labels.endpoint, endpoint), ...conditions(filter)));
      return row!.n;
    },
  };
}

type LabelRow = { prediction_id: string; value: string; observed_at: string; source: string };

/** One statement can touch a row once, so of several labels for a prediction the last one goes in. */
function lastOfEach(given: readonly NewLabel[], now: string): LabelRow[] {
  const byPrediction = new Map<string, LabelRow>();
  for (const { predictionId, value, observedAt = now, source = 'api' } of given) {
    byPrediction.set(predictionId, { prediction_id: predictionId, value, observed_at: observedAt, source });
  }
  return [...byPrediction.values()];
}

/**
 * All rows travel as one parameter, so their number is free. A label that says what was known already keeps its
 * moments: it is no news, and must not count as fresh for a retrain.
 */
function upsert(endpoint: string, rows: LabelRow[], now: string) {
  return statement`
    with given as (
      select prediction_id, value, observed_at, source
      from json_to_recordset(${JSON.stringify(rows)}::json)
        as given(prediction_id text, value text, observed_at timestamptz, source text)
    ), replaced as (
      select count(*)::int as replaced from ${labels} before join given using (prediction_id)
      where before.endpoint = ${endpoint} and before.value <> given.value
    ), written as (
      insert into ${labels} (endpoint, prediction_id, value, observed_at, arrived_at, source)
      select ${endpoint}, prediction_id, value, observed_at, ${now}::timestamptz, source from given
      on conflict (endpoint, prediction_id) do update
      set value = excluded.value,
        observed_at = case when ${labels.value} = excluded.value then ${labels.observedAt} else excluded.observed_at end,
        arrived_at = case when ${labels.value} = excluded.value then ${labels.arrivedAt} else excluded.arrived_at end,
        source = excluded.source
    )
    select replaced from replaced`;
}

function conditions({ predictionIds, since, until, arrivedSince }: LabelFilter) {
  return [
    predictionIds === undefined ? undefined : inArray(labels.predictionId, [...predictionIds]),
    since === undefined ? undefined : gte(labels.observedAt, new Date(since)),
    until === undefined ? undefined : lt(labels.observedAt, new Date(until)),
    arrivedSince === undefined ? undefined : gte(labels.arrivedAt, new Date(arrivedSince)),
  ];
}

function arrivedAfter({ arrivedAt, predictionId }: Label) {
  const moment = new Date(arrivedAt);
  return or(
    gt(labels.arrivedAt, moment),
    and(eq(labels.arrivedAt, moment), gt(labels.predictionId, predictionId)),
  );
}

function labelOf(row: typeof labels.$inferSelect): Label {
  return { ...row, observedAt: iso(row.observedAt), arrivedAt: iso(row.arrivedAt) };
}
