import type { ShipResult } from '@slipway/contract';
import { bytes, clean, figure, say } from './output.ts';
import { paint } from './report-failure.ts';
import { sayRefit } from './say-refit.ts';
import { sayDecision, sayGroups } from './show-groups.ts';
import { sayFound } from './show-report.ts';

const SHOWN = 8;

/** What a person sees at the end of a training: the leaderboard, the model, its quality, and what to do next. */
export function showTrained(result: ShipResult, flag: string): void {
  const { model, metrics, task, target } = result;
  say();
  for (const { rank, learner, value, standardError, chosen, metric } of result.leaderboard.slice(0, SHOWN)) {
    const error = standardError === null ? '' : ` ± ${figure(standardError)}`;
    say(
      `  ${String(rank).padStart(2)}  ${metric} ${figure(value)}${error}  ${learner}${chosen ? paint('32', '  ✓ chosen') : ''}`,
    );
  }
  say();
  say(
    `${paint('1', model.name)} version ${model.version}: ${model.learner}, ${bytes(model.bytes)}, predicts ${clean(target)} (${task})`,
  );
  if (result.taskInferred !== undefined) say(`  ${clean(result.taskInferred.reason)}`);
  say(`  ${metrics.primary.name} ${paint('1', figure(metrics.primary.value))} on rows never trained on`);
  sayDecision(result);
  const refit = sayRefit(result);
  if (refit !== undefined) say(`  ${refit}`);
  for (const gate of result.gates)
    say(`  ${gate.passed ? paint('32', '✓') : paint('31', '✗')} ${clean(gate.says)}`);
  say(`\nRegistered, not deployed. Next:`);
  say(`  slipway models show ${model.name}${flag}`);
  say(`  slipway models card ${model.name} ${model.version}${flag}`);
  say(`  slipway runs list${flag}`);
  sayGroups(result);
  sayFound(result);
}
