import { type IngestFinding, warningsOf } from '@slipway/contract';
import type { TableProfile } from '../../stages/ingest/index.ts';

/** A pipeline run keeps so many; the report of the dataset version has all. */
const MOST_KEPT = 100;

/** What a reader should check of how the file of a dataset version was read; none where that was not kept. */
export function warningsIn({ report }: Pick<TableProfile, 'report'>): IngestFinding[] {
  return report === undefined ? [] : warningsOf(report).slice(0, MOST_KEPT);
}
