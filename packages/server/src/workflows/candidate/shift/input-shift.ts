import { type ColumnDrift, compareWindow, windowProfiler } from '../../../stages/monitor/index.ts';
import type { BundleManifest, ReferenceProfile } from '../../../stages/pack/index.ts';
import { rowColumnsOf } from '../../../stages/prepare/index.ts';
import { brokenData } from '../../../stages/retrain/index.ts';
import type { ShiftReport } from '../../../stages/validate/index.ts';
import { rowsOfTable } from '../../batch/table-rows.ts';
import type { OpenChampion } from '../champion.ts';
import type { Growth } from '../rows-since-champion.ts';
import { columnShift } from './column-shift.ts';

/** So many of a number's values outside its earlier range, and so far its mean, in standard deviations: another unit. */
const OTHER_UNIT = { share: 0.9, shift: 3 };

/**
 * How the inputs of the appended rows differ from those that the champion was trained on, as monitoring compares a window of
 * traffic with its reference: by column, weighed by the champion's reliance on it.
 */
export function inputShift(
  { appended }: Pick<Growth, 'appended'>,
  { files }: OpenChampion,
): ShiftReport['inputs'] {
  const manifest = read(files.get('slipway.json')!) as BundleManifest;
  const { classShares: _, ...profile } = read(files.get('profile.json')!) as ReferenceProfile;
  const window = windowProfiler(profile, rowColumnsOf(manifest));
  rowsOfTable(manifest.inputs, appended.table).forEach((row, place) => {
    window.add({ id: String(place), ts: '', version: 0, row, value: 0, score: 0 });
  });
  const { columns, enough, ...drift } = compareWindow(profile, window.profile());
  const numbers = new Set(profile.columns.filter(({ type }) => type === 'number').map(({ name }) => name));
  return {
    columns: columns.map(columnShift),
    broken: enough ? faults(columns, numbers, { ...drift, enough }) : null,
    enough,
  };
}

function faults(
  columns: ColumnDrift[],
  numbers: ReadonlySet<string>,
  drift: Parameters<typeof brokenData>[0]['drift'],
): string | null {
  const broken = brokenData({ columns, drift });
  const units = columns.filter((one) => numbers.has(one.name) && isOtherUnit(one)).map(({ name }) => name);
  const parts = [
    ...(broken.fired ? [broken.says] : []),
    ...(units.length === 0
      ? []
      : [`${units.join(', ')}: nearly all values lie outside the earlier range, as in another unit.`]),
  ];
  return parts.length === 0 ? null : parts.join(' ');
}

function isOtherUnit({ drifted, comparison, tests }: ColumnDrift): boolean {
  const outside = comparison.window[0]! + comparison.window.at(-1)!;
  const shift = tests.find(({ test }) => test === 'mean-shift')?.effect ?? 0;
  return drifted && outside >= OTHER_UNIT.share && shift >= OTHER_UNIT.shift;
}

function read(bytes: Uint8Array): unknown {
  return JSON.parse(new TextDecoder().decode(bytes));
}
