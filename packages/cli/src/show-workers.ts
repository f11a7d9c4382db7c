import type { EndpointWorkers } from '@slipway/contract';

const MIB = 1024 ** 2;

/** What an endpoint takes of the machine, in a line or two. */
export function workersText(workers: EndpointWorkers | null): string {
  if (workers === null) return 'workers: the data plane does not tell yet';
  return [nowText(workers), ...coldStartText(workers), ...crashText(workers)].join('\n');
}

function nowText({ kind, now, wanted, busy, held, residentBytes, zeroSince }: EndpointWorkers): string {
  const memory = residentBytes === null ? '' : `, ${(residentBytes / MIB).toFixed(1)} MiB`;
  const what = kind === 'inline' ? 'in the data plane itself' : 'processes';
  if (now === 0) {
    const since = zeroSince === null ? '' : ` since ${zeroSince}`;
    return `workers: none${since}${memory}; ${held} requests held, the next one brings the model back`;
  }
  return `workers: ${now} (${what}${memory}), ${wanted} wanted, ${busy} busy`;
}

function coldStartText({ coldStarts, coldStartSeconds, lastColdStartSeconds }: EndpointWorkers): string[] {
  if (coldStarts === 0 || lastColdStartSeconds === null) return [];
  const [all, last] = [coldStartSeconds, lastColdStartSeconds].map((seconds) => seconds.toFixed(3));
  return [`cold starts: ${coldStarts}, ${all} s together, the last ${last} s`];
}

function crashText({ deaths, isResting }: EndpointWorkers): string[] {
  if (deaths === 0) return [];
  return [`crashes: ${deaths}${isResting ? '; circuit breaker open' : ''}`];
}
