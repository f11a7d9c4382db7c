import { type Clock, isoTime } from '../../kernel/index.ts';
import type { Label, LabelFilter, ObjectStore, Stores } from '../../metadata/index.ts';
import { MOST_LABELS } from '../../stages/monitor/index.ts';
import { jsonLines } from '../complete/json-lines.ts';

const DAY_MS = 86_400_000;
/** Labels of the longest of these times are given to a monitoring run that are no more than it holds; of the last day always. */
const ARRIVED_DAYS = [90, 30, 7];

type LabelSources = { stores: Pick<Stores, 'labels'>; objects: Pick<ObjectStore, 'put'> };

/**
 * Writes the labels that a monitoring run measures performance by as an object, page by page: those that arrived in the last 90
 * days, or fewer days where these are more than the run holds; since the begin of the dates that were asked for. Null when there are none.
 */
export async function labelsToMeasureBy(
  sources: LabelSources & { clock: Clock },
  endpoint: string,
  window: { from: number } | null,
): Promise<string | null> {
  const now = sources.clock.now();
  const sinceMs = window?.from ?? now - (await arrivedDays(sources, endpoint, now)) * DAY_MS;
  return labelObject(sources, endpoint, { arrivedSince: isoTime(Math.max(0, sinceMs)) });
}

async function arrivedDays({ stores }: LabelSources, endpoint: string, now: number): Promise<number> {
  for (const days of ARRIVED_DAYS) {
    const arrivedSince = isoTime(now - days * DAY_MS);
    if ((await stores.labels.count(endpoint, { arrivedSince })) <= MOST_LABELS) return days;
  }
  return 1;
}

/** The labels as an object, one JSON object a line, in the order in which they arrived; null when there are none. */
export async function labelObject(
  { stores, objects }: LabelSources,
  endpoint: string,
  filter: Pick<LabelFilter, 'arrivedSince'>,
): Promise<string | null> {
  if ((await stores.labels.count(endpoint, filter)) === 0) return null;
  const { sha256 } = await objects.put(lines(stores.labels.pages(endpoint, filter)));
  return sha256;
}

async function* lines(pages: AsyncIterable<readonly Label[]>): AsyncGenerator<Uint8Array> {
  for await (const page of pages) yield jsonLines(page);
}
