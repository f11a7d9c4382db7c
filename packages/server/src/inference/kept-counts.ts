import {
  type EndpointMetrics,
  endpointMetrics,
  type VersionMetrics,
  versionMetrics,
} from './endpoint-metrics.ts';
import type { LiveEndpoint } from './live-endpoint.ts';

/** Where the counts of endpoints are kept between two lives of the process. */
export type CountsStore = {
  /** Undefined where none were kept. */
  read(): Promise<string | undefined>;
  /** Replaces what was kept, as a whole. */
  write(text: string): Promise<void>;
};

export type KeptCounts = {
  /** The counts of an endpoint as they were kept; of one that is new, zeros. */
  of(name: string): Promise<EndpointMetrics>;
  /** The endpoints are there: from now on they are written. */
  begin(): void;
  /** Writes what has changed since the last time. Failures go to `onError`. */
  save(): Promise<void>;
  /** Writes for the last time. */
  close(): Promise<void>;
};

export type KeepCounts = {
  store: CountsStore;
  live: () => Iterable<LiveEndpoint>;
  /** Milliseconds between two writes; what was counted since the last one is lost when the process is killed. */
  everyMs: number;
  onError: (error: unknown) => void;
};

/**
 * Keeps what endpoints count, so that requests, predictions and latencies count on when the process starts again. What rollouts judge
 * by is not kept: they compare counts of one life of the process.
 */
export function keepCounts({ store, live, everyMs, onError }: KeepCounts): KeptCounts {
  let written = '';
  /** Whether endpoints are there: before, what is live would replace the counts of all by none. */
  let isReady = false;
  let saving: Promise<void> = Promise.resolve();
  const former = store
    .read()
    .then((text) => (text === undefined ? new Map<string, EndpointMetrics>() : decodeCounts(text)))
    .catch((error: unknown) => {
      onError(error);
      return new Map<string, EndpointMetrics>();
    });
  const save = () => {
    saving = saving
      .then(async () => {
        const text = encodeCounts(live());
        if (!isReady || text === written) return;
        await store.write(text);
        written = text;
      })
      .catch(onError);
    return saving;
  };
  const timer = setInterval(() => void save(), everyMs).unref();
  return {
    async of(name) {
      const kept = await former;
      const found = kept.get(name);
      kept.delete(name); // one that is removed and made again starts from zero
      return found ?? endpointMetrics();
    },
    begin() {
      isReady = true;
    },
    save,
    close() {
      clearInterval(timer);
      return save();
    },
  };
}

type KeptVersion = Omit<VersionMetrics, 'answered' | 'errors' | 'refused' | 'latency'>;
type KeptEndpoint = Omit<EndpointMetrics, 'statuses' | 'versions' | 'latencyCounts'> & {
  name: string;
  statuses: [code: number, count: number][];
  versions: [version: number, counts: KeptVersion][];
  latencyCounts: number[];
};
type CountsDocument = { format: 1; endpoints: KeptEndpoint[] };

/** The counts of all endpoints as JSON. */
export function encodeCounts(endpoints: Iterable<LiveEndpoint>): string {
  const document: CountsDocument = {
    format: 1,
    endpoints: [...endpoints].map(({ name, metrics }) => ({
      ...metrics,
      name,
      statuses: [...metrics.statuses],
      versions: [...metrics.versions].map(([version, counted]) => {
        const { answered: _, errors: __, refused: ___, latency: ____, ...kept } = counted;
        return [version, kept];
      }),
      latencyCounts: [...metrics.latencyCounts],
    })),
  };
  return JSON.stringify(document);
}

/** Throws where the text is not what {@link encodeCounts} wrote. */
export function decodeCounts(text: string): Map<string, EndpointMetrics> {
  const document = JSON.parse(text) as Partial<CountsDocument> | null;
  if (document?.format !== 1 || !Array.isArray(document.endpoints))
    throw new Error('the kept counts of endpoints are of another format; they start from zero');
  return new Map(document.endpoints.map((kept) => [kept.name, metricsOf(kept)]));
}

function metricsOf({ name: _, statuses, versions, latencyCounts, ...kept }: KeptEndpoint): EndpointMetrics {
  const metrics = { ...endpointMetrics(), ...kept, statuses: new Map(statuses) };
  // Buckets are those of this program: counts of other ones say nothing.
  if (latencyCounts.length === metrics.latencyCounts.length) metrics.latencyCounts.set(latencyCounts);
  for (const [version, counted] of versions) Object.assign(versionMetrics(metrics, version), counted);
  return metrics;
}
