import { readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { OPERATIONS, type OperationId, type ShipResult } from '@slipway/contract';
import { csvOf } from './csv-rows.ts';
import { eventually, type Platform } from './slipway.ts';

export type ForecastOptions = { task: 'forecast'; time: string; horizon: number };

export type ShipOptions = ForecastOptions | { budgetSeconds: number };

/** A way to work: the commands, or plain HTTP as any language speaks it. */
export type CaseClient = {
  /** What names of models that this face ships begin with. */
  prefix: string;
  /** Ships a file within seconds; of a model that is not deployed the endpoint is null. */
  ship(file: string, target: string, options?: ShipOptions): Promise<ShipResult>;
  /** The rows of a file with their predictions beside them. Throws with the message of what failed. */
  predict(endpoint: string, file: string): Promise<Record<string, string>[]>;
  batch(model: string, file: string): Promise<Record<string, string>[]>;
};

export const CLIENTS = { CLI: byCommand, API: overHttp } as const;

const REFUSED = 10;
/** Of the search, where a test does not say. */
const BUDGET_SECONDS = 4;

function byCommand(platform: Platform): CaseClient {
  const saved = async (command: string[], file: string) => {
    const out = join(platform.folder, '..', `out-${basename(file)}`);
    const { code, stderr } = await platform.run([...command, file, '--out', out]);
    if (code !== 0) throw new Error(stderr);
    return csvOf(out);
  };
  return {
    prefix: 'cli',
    async ship(file, target, options) {
      const { budgetSeconds, ...others } = { budgetSeconds: BUDGET_SECONDS, ...options };
      const flags = Object.entries(others).flatMap(([name, value]) => [`--${name}`, String(value)]);
      const words = ['ship', file, '--target', target, '--name', nameOf('cli', file)];
      words.push('--budget', `${budgetSeconds}s`);
      const { code, stdout, stderr } = await platform.run([...words, ...flags, '--json']);
      if (code !== 0 && code !== REFUSED) throw new Error(stderr);
      return JSON.parse(stdout) as ShipResult;
    },
    predict: (endpoint, file) => saved(['predict', endpoint], file),
    batch: (model, file) => saved(['batch', 'predict', model], file),
  };
}

function overHttp({ url, ownerKey, folder }: Platform): CaseClient {
  const send = async (method: string, path: string, body?: string | Buffer): Promise<Response> => {
    const type = typeof body === 'string' ? 'application/json' : 'application/octet-stream';
    const headers = {
      authorization: `Bearer ${ownerKey}`,
      ...(body !== undefined && { 'content-type': type }),
    };
    const sent = body === undefined ? null : Uint8Array.from(Buffer.from(body as string));
    const response = await fetch(new URL(path, url), { method, headers, body: sent });
    if (!response.ok) throw new Error(`${method} ${path}: ${await response.text()}`);
    return response;
  };
  const call = async <T>(id: OperationId, key: string | undefined, body?: object): Promise<T> => {
    const { method, path } = OPERATIONS[id];
    const json = body === undefined ? undefined : JSON.stringify(body);
    return (await (await send(method, path.replace(/\{\w+\}/, key ?? ''), json)).json()) as T;
  };
  const upload = async (file: string) => {
    const path = `/api/v1/uploads?filename=${encodeURIComponent(basename(file))}`;
    return ((await (await send('POST', path, await readFile(file))).json()) as { id: string }).id;
  };
  type Ended = { id: string; state: string; failure: { message: string } | null };
  const ended = async <T extends Ended>(what: OperationId, id: string): Promise<T> => {
    const last = await eventually(`end of ${id}`, async () => {
      const now = await call<T>(what, id);
      return now.state === 'running' || now.state === 'queued' ? undefined : now;
    });
    if (last.failure !== null) throw new Error(last.failure.message);
    return last;
  };
  const savedAs = async (response: Response) => {
    const out = join(folder, '..', 'out-api.csv');
    await writeFile(out, Buffer.from(await response.arrayBuffer()));
    return csvOf(out);
  };
  return {
    prefix: 'api',
    async ship(file, target, options) {
      const name = nameOf('api', file);
      const body = { uploadId: await upload(file), target, name, budgetSeconds: BUDGET_SECONDS, ...options };
      const begun = await call<Ended>('pipelineRuns.ship', undefined, body);
      const { result } = await ended<Ended & { result: ShipResult }>('pipelineRuns.get', begun.id);
      if (result.endpoint === null) return result;
      const { secret } = await call<{ secret: string }>('tokens.create', name, { name: 'case' });
      return { ...result, endpoint: { ...result.endpoint, token: secret } };
    },
    async predict(endpoint, file) {
      const body = { uploadId: await upload(file), format: 'csv' };
      const { id } = await call<Ended>('endpoints.predictFile', endpoint, body);
      await ended('jobs.get', id);
      return savedAs(await send('GET', `/api/v1/jobs/${id}/artifact`));
    },
    async batch(model, file) {
      const body = { model, uploadId: await upload(file), format: 'csv' };
      const { id } = await call<Ended>('batches.start', undefined, body);
      await ended('batches.get', id);
      return savedAs(await send('GET', `/api/v1/batches/${id}/result`));
    },
  };
}

function nameOf(prefix: string, file: string): string {
  return `${prefix}-${basename(file).replace(/\..*/, '').replaceAll('_', '-')}`;
}
