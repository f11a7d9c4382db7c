import type { GroupReport, ShipResult } from '@slipway/contract';
import { clean, figure, say } from './output.ts';

/** How probabilities become an answer and why; with costs also what the hold-out says of them. */
export function sayDecision({
  decision,
  expectedCosts,
  expectedClassCosts,
}: Pick<ShipResult, 'decision' | 'expectedCosts' | 'expectedClassCosts'>): void {
  if (decision === undefined || decision.says === '') return;
  if (decision.costMatrix !== undefined) {
    say(`  answers by costs: ${clean(decision.says)}`);
    if (expectedClassCosts !== undefined) sayClassCosts(expectedClassCosts);
    return;
  }
  say(`  threshold ${figure(decision.threshold)}: ${clean(decision.says)}`);
  if (expectedCosts === undefined) return;
  const { chosen, half, alwaysPositive, alwaysNegative } = expectedCosts;
  say(
    `  cost per 1,000 rows of the hold-out: ${figure(chosen)} (at 0.5 ${figure(half)}, always positive ${figure(alwaysPositive)}, always negative ${figure(alwaysNegative)})`,
  );
}

function sayClassCosts({
  chosen,
  mostProbable,
  always,
}: NonNullable<ShipResult['expectedClassCosts']>): void {
  say(
    `  cost per 1,000 rows of the hold-out: ${figure(chosen)} (most probable class ${figure(mostProbable)}, always ${clean(always.class)} ${figure(always.cost)})`,
  );
}

/** How the model fares in the groups that were asked for: a line for each group, then the widest gaps. */
export function sayGroups({ groups = [] }: Pick<ShipResult, 'groups'>): void {
  for (const report of groups) {
    say(`\nGroups of ${clean(report.column)} (hold-out, 95 % intervals). ${clean(report.says)}`);
    for (const { value, rows, compared, intervals } of report.groups) {
      const measures = Object.entries(intervals).map(
        ([name, { value: at, low, high }]) => `${name} ${short(at)} (${short(low)} to ${short(high)})`,
      );
      const small = compared ? '' : ', too few to compare';
      say(`  ${clean(value)}, ${rows.toLocaleString('en')} rows${small}: ${measures.join('  ')}`);
    }
    sayGaps(report);
  }
}

function sayGaps({ gaps, comparisons }: GroupReport): void {
  const found = Object.entries(gaps);
  if (found.length === 0) return;
  say(
    `  Widest gaps; with intervals corrected for ${comparisons} ${comparisons === 1 ? 'comparison' : 'comparisons'} (Bonferroni):`,
  );
  for (const [name, { value, low, high, between }] of found) {
    const isBeyond = name.endsWith('-ratio') ? high < 1 : low > 0;
    say(
      `    ${name} ${short(value)} (${short(low)} to ${short(high)}), ${clean(between[0])} and ${clean(between[1])}${isBeyond ? '' : ', within chance'}`,
    );
  }
}

/** Three significant digits. */
function short(value: number): string {
  return String(Number(value.toPrecision(3)));
}
