import type { CallCount, TimeWindow } from '../serve/index.ts';
import type { CallsReport, RefusedCalls } from './model.ts';
import type { MonitoredModel, MonitorPorts } from './ports.ts';

/** Reasons that a report names; the rest is in its total. */
const MOST_REASONS = 20;

/**
 * The calls of a window, and which of them were refused for what they sent. `sinceMs` is when the report before ended: what
 * was refused before it was told already.
 */
export async function countCalls(
  endpoint: string,
  model: Pick<MonitoredModel, 'version' | 'deployment'>,
  window: Required<TimeWindow> & { sinceMs: number },
  reader: MonitorPorts['calls'],
): Promise<CallsReport> {
  const total = { answered: 0, refused: 0, answeredSinceLast: 0 };
  const reasons = new Map<string, Omit<RefusedCalls, 'share' | 'says'>>();
  if (reader === undefined) return { ...total, refusals: [] };
  for await (const call of reader.calls(endpoint, { from: window.from, to: window.to })) {
    if (!isOwn(call, model)) continue;
    const isNew = Date.parse(call.ts) >= window.sinceMs;
    if (call.refused === undefined) {
      total.answered += call.count;
      if (isNew) total.answeredSinceLast += call.count;
    } else {
      total.refused += call.count;
      const { code, column } = call.refused;
      const key = refusalKey({ code, column });
      const reason = reasons.get(key) ?? { code, column, count: 0, sinceLast: 0 };
      reason.count += call.count;
      if (isNew) reason.sinceLast += call.count;
      reasons.set(key, reason);
    }
  }
  const calls = total.answered + total.refused;
  const most = [...reasons.values()].sort((a, b) => b.count - a.count).slice(0, MOST_REASONS);
  return {
    ...total,
    refusals: most.map((reason) => ({
      ...reason,
      share: reason.count / calls,
      says: reasonOf(reason),
    })),
  };
}

/** One that was refused before its version was known counts for the one that answers. */
function isOwn(
  { version, deployment }: CallCount,
  own: Pick<MonitoredModel, 'version' | 'deployment'>,
): boolean {
  if (version === null) return true;
  if (version !== own.version) return false;
  return deployment === undefined || own.deployment === undefined || deployment === own.deployment;
}

/** What makes refusals one alert. */
export function refusalKey({ code, column }: Pick<RefusedCalls, 'code' | 'column'>): string {
  return column === null ? `refused:${code}` : `refused:${code}:${column}`;
}

/** Of failures that are about one column of the model. */
const COLUMN_REASONS = new Map([
  ['predict.missing-column', (column: string) => `${column} is null or absent`],
  ['predict.wrong-type', (column: string) => `${column} has a value of another type`],
  [
    'predict.unseen-value',
    (column: string) => `${column} has a value that training never saw, and the endpoint is strict`,
  ],
  ['predict.column-spelling', (column: string) => `${column} is spelt otherwise`],
]);

const REASONS = new Map([
  ['predict.missing-column', 'a column is null or absent'],
  ['predict.unknown-column', 'a column is sent that the model does not have'],
  ['predict.wrong-type', 'a value is of another type'],
  ['predict.no-rows', 'there are no rows'],
  ['predict.too-many-rows', 'there are too many rows'],
  ['predict.not-finite', 'the prediction is not a finite number'],
  ['predict.takes-tensors', 'the model takes tensors'],
  ['request.bad-json', 'the body is not JSON'],
  ['request.bad-encoding', 'the body is not what its Content-Encoding says'],
  ['request.too-large', 'the body is too large'],
  ['request.unsupported-media', 'the content type is not accepted'],
  ['other', 'for various other reasons'],
]);

function reasonOf({ code, column }: Pick<RefusedCalls, 'code' | 'column'>): string {
  const about = column === null ? undefined : COLUMN_REASONS.get(code);
  if (column !== null && about !== undefined) return about(column);
  const plain = REASONS.get(code) ?? `the failure is ${code}`;
  return column === null ? plain : `${plain} (${column})`;
}
