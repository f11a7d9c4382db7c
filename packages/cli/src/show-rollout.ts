import {
  type Endpoint,
  isOpenRollout,
  type LabelledVersion,
  type Rollout,
  type ShadowComparison,
  type VersionCounts,
} from '@slipway/contract';
import { clean, figure, print, table } from './output.ts';

/** What an open rollout waits for: most go on by themselves, copies until somebody says that they are good. */
export function saysOf({ says, plan, state }: Rollout, endpoint: string): string {
  if (state === 'holding' || plan.strategy === 'shadow') return `${says} ${wayOut(endpoint)}`;
  return `${says} It proceeds automatically.`;
}

function wayOut(endpoint: string): string {
  return `To decide now: slipway promote ${endpoint}, or slipway rollback ${endpoint}`;
}

/** Who answers what share of the requests, and the rollout with what it goes by. */
export function showTraffic({ name, traffic, rollout, shadow, spec, batching }: Endpoint): void {
  const split = traffic.map(({ version, percent }) => `version ${version} ${figure(percent)} %`).join(', ');
  if (traffic.length > 1 || spec.sticky !== undefined) print(`Requests: ${split}${keyOf(spec)}`);
  if (spec.strict) print('Strict: values that training never saw are refused.');
  if (batching !== null) print(`${isUnproven(batching) ? '! ' : ''}${clean(batching.says)}`);
  if (rollout !== null) showRollout(rollout, name);
  if (shadow !== null && rollout?.shadow == null) showShadow(shadow);
  print();
}

/** Whether requests share runs of a model that is not proven to keep them apart. */
export function isUnproven({ shared, proven }: NonNullable<Endpoint['batching']>): boolean {
  return shared && !proven;
}

function keyOf({ sticky }: Endpoint['spec']): string {
  if (sticky === undefined) return '';
  return `, the same for the same ${sticky.header === undefined ? `column ${sticky.column}` : `header ${sticky.header}`}`;
}

export function showRollout(rollout: Rollout, endpoint?: string): void {
  const { state, plan, version, former, step, percent, since, says, counts, checks } = rollout;
  const steps = plan.strategy === 'canary' ? ` step ${step + 1} of ${plan.steps.length},` : '';
  const place = isOpenRollout(rollout) ? `,${steps} ${figure(percent)} % since ${since}` : '';
  print(`Rollout of version ${version} in place of ${former}: ${plan.strategy}, ${state}${place}`);
  print(`  ${says}`);
  if (counts !== null) showCounts([counts.version, counts.former]);
  if (state === 'holding' && endpoint !== undefined) print(`  ${wayOut(endpoint)}`);
  if (rollout.shadow !== null) showShadow(rollout.shadow);
  if (rollout.labels !== null) showLabels([rollout.labels.version, rollout.labels.former]);
  for (const { rule, verdict, says: why } of checks)
    if (verdict === 'worse' || isOpenRollout(rollout)) print(`  ${rule}: ${verdict}. ${why}`);
}

function showCounts(all: readonly VersionCounts[]): void {
  table(
    ['version', 'requests', 'errors', 'refused', 'p50 ms', 'p95 ms', 'p99 ms'],
    all.map(({ version, requests, errors, refused, p50Ms, p95Ms, p99Ms }) => [
      version,
      requests,
      errors,
      refused,
      rough(p50Ms),
      rough(p95Ms),
      rough(p99Ms),
    ]),
  );
}

function showLabels(versions: readonly LabelledVersion[]): void {
  const classes = [...new Set(versions.flatMap(({ missed }) => missed.map((each) => each.class)))];
  const share = (found: LabelledVersion['wrong'] | undefined) =>
    found == null ? null : `${found.count} of ${found.rows} (${figure(100 * (found.count / found.rows))} %)`;
  const names = [...new Set(versions.flatMap(({ measures }) => measures.map(({ name }) => name)))];
  table(
    ['version', 'labelled', 'wrong', ...classes.map((name) => `missed ${name}`), ...names],
    versions.map(({ version, rows, wrong, missed, measures }) => [
      version,
      rows,
      share(wrong),
      ...classes.map((name) => share(missed.find((each) => each.class === name))),
      ...names.map((name) => rough(measures.find((each) => each.name === name)?.value ?? null)),
    ]),
  );
}

function showShadow(shadow: ShadowComparison): void {
  const { version, compared, agreement, meanAbsoluteDifference, failed, dropped, liveMs, shadowMs } = shadow;
  if (compared === 0) {
    print(`Shadow version ${version}: nothing compared yet (${failed} failed, ${dropped} dropped).`);
    return;
  }
  print(
    `Shadow version ${version}: ${compared} rows compared, ${figure((agreement ?? 0) * 100)} % the same, mean difference ${rough(meanAbsoluteDifference)}, ${failed} failed, ${dropped} dropped; ${rough(shadowMs)} ms against ${rough(liveMs)} ms live.`,
  );
}

/** Times are known to a fifth. */
function rough(value: number | null): string {
  return value === null ? '–' : String(Number(value.toPrecision(3)));
}
