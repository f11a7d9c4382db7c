import type { ShipResult } from '@slipway/contract';
import type { Client } from '@slipway/sdk';
import { bytes, clean, figure, say } from './output.ts';
import { paint } from './report-failure.ts';
import { sayRefit } from './say-refit.ts';
import { sayDecision, sayGroups } from './show-groups.ts';
import { sayFound } from './show-report.ts';

/** The steps that the example of a forecast endpoint asks for; undefined of other results. */
export async function shownHorizon(
  { call }: Pick<Client, 'call'>,
  { task, endpoint }: ShipResult,
): Promise<number | undefined> {
  if (task !== 'forecast' || endpoint === null) return undefined;
  return (await call['endpoints.get']({ params: { name: endpoint.name } })).example.horizon;
}

/** What a person sees at the end of a pipeline run: the model, its quality, the call, and what to do next. */
export function showShipped(result: ShipResult, flag: string, horizon = 1): void {
  const { model, metrics, task, target, endpoint } = result;
  say();
  say(
    `${paint('1', model.name)} version ${model.version}: ${model.learner}, ${bytes(model.bytes)}, predicts ${clean(target)} (${task})`,
  );
  if (result.taskInferred !== undefined) say(`  ${clean(result.taskInferred.reason)}`);
  for (const says of result.carriedOver ?? []) say(`  ${clean(says)}`);
  say(`  ${metrics.primary.name} ${paint('1', figure(metrics.primary.value))} on rows never trained on`);
  const others = Object.entries(metrics.all).filter(([name]) => name !== metrics.primary.name);
  say(`  ${others.map(([name, value]) => `${name} ${figure(value)}`).join('  ')}`);
  sayDecision(result);
  const refit = sayRefit(result);
  if (refit !== undefined) say(`  ${refit}`);
  if (result.recency) say(`  ${clean(result.recency)}`);
  for (const gate of result.gates)
    say(`  ${gate.passed ? paint('32', '✓') : paint('31', '✗')} ${clean(gate.says)}`);
  if (endpoint === null) {
    say(`\nIt was not promoted: ${clean(result.verdict)}`);
    say(`Next: slipway models show ${model.name}${flag}`);
    sayGroups(result);
    sayFound(result);
    return;
  }
  say(`\nEndpoint ${paint('1', endpoint.name)}`);
  say(`  url     ${endpoint.url}`);
  if (endpoint.token !== null) say(`  token   ${endpoint.token} (shown this once)`);
  say(`  console ${result.console}`);
  say(`\nNext:`);
  say(`  slipway predict ${endpoint.name} ${task === 'forecast' ? `--horizon ${horizon}` : 'FILE'}${flag}`);
  say(`  slipway monitor ${endpoint.name}${flag}`);
  say(`  slipway endpoints show ${endpoint.name}${flag}   (a curl call that works as pasted)`);
  sayGroups(result);
  sayFound(result);
}
