import type { EndpointWorkers } from '@slipway/contract';
import { Moment } from '../../parts/moment.tsx';
import { formatBytes, formatNumber, formatSeconds } from '../../words/index.ts';

/** What the endpoint takes of the machine now: workers, memory, and since when there is none. */
export function WorkersLine({ workers }: { workers: EndpointWorkers | null }) {
  if (workers === null) return null;
  return (
    <>
      <span>{workers.now === 0 ? <AtRest workers={workers} /> : <Running workers={workers} />}</span>
      {workers.lastColdStartSeconds === null ? null : (
        <span>
          {formatNumber(workers.coldStarts)} cold {workers.coldStarts === 1 ? 'start' : 'starts'}, the last{' '}
          {formatSeconds(workers.lastColdStartSeconds)}
        </span>
      )}
      {workers.deaths === 0 ? null : (
        <span>
          {formatNumber(workers.deaths)} {workers.deaths === 1 ? 'crash' : 'crashes'}
          {workers.isResting ? '; circuit breaker open' : ''}
        </span>
      )}
    </>
  );
}

function AtRest({ workers }: { workers: EndpointWorkers }) {
  return (
    <>
      scaled to zero since <Moment at={workers.zeroSince} />; the next request brings it back
    </>
  );
}

function Running({ workers }: { workers: EndpointWorkers }) {
  const { kind, now, wanted, residentBytes } = workers;
  const memory = residentBytes === null ? '' : `, ${formatBytes(residentBytes)}`;
  if (kind === 'inline') return <>in memory{memory}</>;
  return (
    <>
      {formatNumber(now)} {now === 1 ? 'worker' : 'workers'}
      {wanted > now ? ` of ${formatNumber(wanted)} wanted` : ''}
      {memory}
    </>
  );
}
