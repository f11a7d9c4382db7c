import { sql as statement } from 'drizzle-orm';
import type { LabelledRowStore, PendingFilter, PendingLabel } from '../../../metadata/index.ts';
import { labelledRows, labels } from '../schema/index.ts';
import { iso, rowsOf, type Session } from '../session.ts';

const ROWS_IN_A_PART = 5000;

export function labelledRowStore({ sql }: Session): LabelledRowStore {
  return {
    async record({ dataset, endpoint, version }, rows) {
      for (let from = 0; from < rows.length; from += ROWS_IN_A_PART) {
        const part = rows.slice(from, from + ROWS_IN_A_PART);
        await rowsOf(
          sql,
          statement`
            insert into ${labelledRows} (dataset, endpoint, prediction_id, version, row, value)
            select ${dataset}, ${endpoint}, "predictionId", ${version}, row, value
            from json_to_recordset(${JSON.stringify(part)}::json) as given("predictionId" text, row integer, value text)
            on conflict (dataset, endpoint, prediction_id, version) do update
            set row = excluded.row, value = excluded.value`,
        );
      }
    },
    async *pending(filter) {
      let after: Place = FIRST;
      for (;;) {
        const found = await rowsOf<PendingRow>(sql, pendingAfter(filter, after));
        if (found.length > 0) yield found.map(pendingLabel);
        if (found.length < ROWS_IN_A_PART) return;
        after = found.at(-1)!;
      }
    },
  };
}

type Place = { arrived_at: Date | string; prediction_id: string };
type PendingRow = Place & { value: string; row: number | null };

const FIRST: Place = { arrived_at: '-infinity', prediction_id: '' };

/** \`latest\` is the last label the prediction was taken in with, by any version; \`held\` the row that this line has of it. */
function pendingAfter({ dataset, endpoint, line, since }: PendingFilter, after: Place) {
  const place = after.arrived_at instanceof Date ? iso(after.arrived_at) : after.arrived_at;
  return statement`
    select l.prediction_id, l.value, l.arrived_at, held.row
    from ${labels} l
    left join lateral (
      select r.value from ${labelledRows} r
      where r.dataset = ${dataset} and r.endpoint = l.endpoint and r.prediction_id = l.prediction_id
      order by r.version desc limit 1
    ) latest on true
    left join lateral (
      select r.row from ${labelledRows} r
      where r.dataset = ${dataset} and r.endpoint = l.endpoint and r.prediction_id = l.prediction_id
        and r.version in (select value::integer from json_array_elements_text(${JSON.stringify(line)}::json))
      order by r.version desc limit 1
    ) held on true
    where l.endpoint = ${endpoint}
      and (latest.value is null or latest.value <> l.value)
      and l.arrived_at >= ${since ?? '-infinity'}::timestamptz
      and (l.arrived_at, l.prediction_id) > (${place}::timestamptz, ${after.prediction_id})
    order by l.arrived_at, l.prediction_id
    limit ${ROWS_IN_A_PART}`;
}

function pendingLabel({ prediction_id, value, arrived_at, row }: PendingRow): PendingLabel {
  return { predictionId: prediction_id, value, arrivedAt: iso(new Date(arrived_at)), row };
}
