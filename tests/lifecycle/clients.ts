import { readFile } from 'node:fs/promises';
import {
  type Endpoint,
  type Job,
  type MonitorReport,
  OPERATIONS,
  type OperationId,
  type PipelineRun,
  type PredictResponse,
} from '@slipway/contract';
import { createClient, followPipelineRun, type Row, waitForJob } from '@slipway/sdk';
import { eventually } from './slipway.ts';

/** What a program does on the way from a table to an endpoint that is retrained and rolled back. */
export type TestClient = {
  upload(path: string, filename: string): Promise<string>;
  ship(uploadId: string, target: string, name: string): Promise<PipelineRun>;
  token(endpoint: string): Promise<string>;
  endpoint(name: string): Promise<Endpoint>;
  predict(endpoint: { url: string; token: string }, rows: Row[]): Promise<PredictResponse>;
  addLabels(endpoint: string, labels: { id: string; value: string }[]): Promise<number>;
  monitor(endpoint: string): Promise<MonitorReport>;
  retrain(endpoint: string, uploadId: string): Promise<PipelineRun>;
  promote(endpoint: string, version: number): Promise<Endpoint>;
  rollback(endpoint: string): Promise<Endpoint>;
};

const BUDGET_SECONDS = 2;

/** Plain HTTP, as any language speaks it. */
export function overHttp(server: string, key: string): TestClient {
  const send = async <T>(method: string, url: string, body?: unknown, bearer = key): Promise<T> => {
    const bytes = body instanceof Uint8Array;
    const headers: Record<string, string> = { authorization: `Bearer ${bearer}` };
    if (body !== undefined) headers['content-type'] = bytes ? 'application/octet-stream' : 'application/json';
    const sent = body === undefined ? null : bytes ? Buffer.from(body) : JSON.stringify(body);
    const response = await fetch(new URL(url, server), { method, headers, body: sent });
    if (!response.ok) throw new Error(`${method} ${url}: ${response.status} ${await response.text()}`);
    return (await response.json()) as T;
  };
  /** An operation's answer must be what the contract says it is. */
  const call = async <T>(id: OperationId, name: string | undefined, body?: unknown): Promise<T> => {
    const { method, path, answer } = OPERATIONS[id];
    const given = await send<T>(method, path.replace(/\{\w+\}/, name ?? ''), body);
    if ('parse' in answer) answer.parse(given);
    return given;
  };
  const ended = (pipelineRun: PipelineRun) =>
    eventually('end of the pipeline run', async () => {
      const now = await call<PipelineRun>('pipelineRuns.get', pipelineRun.id);
      return now.state === 'running' ? undefined : now;
    });
  return {
    async upload(path, filename) {
      const url = `/api/v1/uploads?filename=${encodeURIComponent(filename)}`;
      return (await send<{ id: string }>('POST', url, await readFile(path))).id;
    },
    ship: async (uploadId, target, name) =>
      ended(
        await call('pipelineRuns.ship', undefined, { uploadId, target, name, budgetSeconds: BUDGET_SECONDS }),
      ),
    token: async (name) => (await call<{ secret: string }>('tokens.create', name, { name: 'shop' })).secret,
    endpoint: (name) => call('endpoints.get', name),
    predict: ({ url, token }, rows) => send('POST', url, { rows }, token),
    addLabels: async (name, labels) =>
      (await call<{ accepted: number }>('labels.add', name, { labels })).accepted,
    async monitor(name) {
      const queued = await call<Job>('monitor.run', name, {});
      await eventually('end of the look', async () => {
        const { state, failure } = await call<Job>('jobs.get', queued.id);
        if (failure !== null) throw new Error(failure.message);
        return state === 'done' ? true : undefined;
      });
      return (await call<{ reports: MonitorReport[] }>('monitor.reports', name)).reports[0]!;
    },
    retrain: async (name, uploadId) =>
      ended(await call('endpoints.retrain', name, { uploadId, budgetSeconds: BUDGET_SECONDS })),
    promote: (name, version) => call('endpoints.promote', name, { version }),
    rollback: (name) => call('endpoints.rollback', name),
  };
}

/** The SDK and nothing else. */
export function overSdk(server: string, token: string): TestClient {
  const client = createClient({ server, token });
  const { call } = client;
  const ended = (pipelineRun: PipelineRun) => followPipelineRun(client, pipelineRun.id, () => {});
  return {
    async upload(path, filename) {
      const body = (async function* () {
        yield new Uint8Array(await readFile(path));
      })();
      return (await call['uploads.create']({ query: { filename }, body })).id;
    },
    ship: async (uploadId, target, name) =>
      ended(
        await call['pipelineRuns.ship']({ body: { uploadId, target, name, budgetSeconds: BUDGET_SECONDS } }),
      ),
    token: async (name) => (await call['tokens.create']({ params: { name }, body: { name: 'shop' } })).secret,
    endpoint: (name) => call['endpoints.get']({ params: { name } }),
    predict: (endpoint, rows) => client.predict(endpoint, rows),
    addLabels: async (name, labels) =>
      (await call['labels.add']({ params: { name }, body: { labels } })).accepted,
    async monitor(name) {
      await waitForJob(client, (await call['monitor.run']({ params: { name }, body: {} })).id);
      return (await call['monitor.reports']({ params: { name } })).reports[0]!;
    },
    retrain: async (name, uploadId) =>
      ended(
        await call['endpoints.retrain']({
          params: { name },
          body: { uploadId, budgetSeconds: BUDGET_SECONDS },
        }),
      ),
    promote: (name, version) => call['endpoints.promote']({ params: { name }, body: { version } }),
    rollback: (name) => call['endpoints.rollback']({ params: { name } }),
  };
}
