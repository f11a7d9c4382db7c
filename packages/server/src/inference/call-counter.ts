import type { FailureKind, SlipwayError } from '@slipway/contract';
import { type Clock, isoTime } from '../kernel/index.ts';
import type { CallCount, CallLog } from '../stages/serve/index.ts';
import { type Call, isProbe } from './call.ts';
import type { LoadedRoute } from './load-route.ts';

/**
 * Counts calls that were answered and calls that were refused for what they sent, by endpoint, version, failure code and
 * column of the model, and hands the counts to the call log a moment later. No value of a call is kept.
 */
export type CallCounter = {
  /** Never throws. */
  count(call: Call, status: number): void;
  /** Hands over what is left. */
  close(): Promise<void>;
};

/** Refused for their content. Callers without a token, of no endpoint or too many at once say nothing of the data. */
const CONTENT_FAILURES: ReadonlySet<FailureKind> = new Set([
  'invalid',
  'too-large',
  'unsupported',
  'unprocessable',
]);

/** Distinct counts of an endpoint that wait; further refusals are counted as of another code. */
const MOST_KEYS = 64;
export const OTHER_REFUSALS = 'other';

/** How long counts wait; longer where there were many within a minute, so that the log stays small. */
const SOON_MS = 250;
const LATER_MS = 5_000;
const SOON_A_MINUTE = 30;
const MINUTE_MS = 60_000;

export function callCounter(log: CallLog, clock: Clock): CallCounter {
  const waiting = new Map<string, Map<string, CallCount>>();
  const minute = { at: 0, flushes: 0 };
  let timer: NodeJS.Timeout | undefined;

  function add(endpoint: string, route: LoadedRoute | undefined, refused: CallCount['refused']): void {
    const counts = waiting.get(endpoint) ?? new Map<string, CallCount>();
    waiting.set(endpoint, counts);
    const found = boundedRefusal(counts, route, refused);
    const key = keyOf(route, found);
    const known = counts.get(key);
    if (known !== undefined) known.count++;
    else {
      counts.set(key, {
        ts: isoTime(clock.now()),
        version: route?.modelVersion ?? null,
        ...(route?.deployment !== undefined && { deployment: route.deployment }),
        count: 1,
        ...(found && { refused: found }),
      });
    }
    timer ??= setTimeout(flush, delay()).unref();
  }

  function delay(): number {
    const now = clock.now();
    if (now - minute.at >= MINUTE_MS || now < minute.at) Object.assign(minute, { at: now, flushes: 0 });
    return minute.flushes++ < SOON_A_MINUTE ? SOON_MS : LATER_MS;
  }

  function flush(): void {
    clearTimeout(timer);
    timer = undefined;
    for (const [endpoint, counts] of waiting) log.append(endpoint, [...counts.values()]);
    waiting.clear();
  }

  return {
    count(call, status) {
      const { endpoint, failure, isPrediction, route } = call;
      if (endpoint === undefined || call.caller === undefined || !isPrediction || isProbe(call)) return;
      if (failure !== undefined && CONTENT_FAILURES.has(failure.kind))
        add(endpoint.name, route, { code: failure.code, column: columnOf(failure, route) });
      else if (status < 400) add(endpoint.name, route, undefined);
    },
    async close() {
      flush();
      await log.close();
    },
  };
}

/** For a server that keeps no counts of calls. */
export function noCallCounter(): CallCounter {
  return { count: () => {}, close: () => Promise.resolve() };
}

function keyOf(route: LoadedRoute | undefined, refused: CallCount['refused']): string {
  const about = [route?.modelVersion, route?.deployment, refused?.code, refused?.column];
  return JSON.stringify(about);
}

function boundedRefusal(
  counts: ReadonlyMap<string, CallCount>,
  route: LoadedRoute | undefined,
  refused: CallCount['refused'],
): CallCount['refused'] {
  if (refused === undefined || counts.size < MOST_KEYS || counts.has(keyOf(route, refused))) return refused;
  return { code: OTHER_REFUSALS, column: null };
}

/** The column of the model that the failure is about. A name that only the caller gave is not kept. */
function columnOf({ details }: SlipwayError, route: LoadedRoute | undefined): string | null {
  const named = [details.column, details.nearest].find((name) => typeof name === 'string');
  if (named === undefined || route === undefined) return null;
  return namesOf(route).has(named as string) ? (named as string) : null;
}

const NAMES = new WeakMap<LoadedRoute, ReadonlySet<string>>();

function namesOf(route: LoadedRoute): ReadonlySet<string> {
  const known = NAMES.get(route);
  if (known !== undefined) return known;
  const names = new Set(route.manifest.inputs.map(({ name }) => name));
  NAMES.set(route, names);
  return names;
}
