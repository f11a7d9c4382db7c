import { fail } from '@slipway/contract';
import { MISSING_WORDS } from '../../journey/ingest/index.ts';
import type { DatasetVersion } from '../../ledger/index.ts';
import {
  type IngestInput,
  type InspectFileOutput,
  inspectInput,
  type PreviewOutput,
  rollBackDataset,
} from '../../pipeline/index.ts';
import type { Handlers } from '../handler-types.ts';
import type { App } from './app.ts';
import { demand } from './demand.ts';
import { jobView, versionSummary } from './views.ts';

type DataHandlers = Pick<
  Handlers,
  | 'uploads.create'
  | 'uploads.inspect'
  | 'datasets.list'
  | 'datasets.add'
  | 'datasets.get'
  | 'datasets.version'
  | 'datasets.preview'
  | 'datasets.rollback'
>;

const NO_NAME = new Set(['', '.', '..']);

export function dataHandlers(app: App): DataHandlers {
  const { stores } = app.database;
  return {
    'uploads.create': async ({ query, body }) => {
      const filename = query.filename.replace(/^.*[\\/]/s, '');
      if (NO_NAME.has(filename))
        throw fail('request.invalid', { reason: 'filename: it names no file' }, { path: 'filename' });
      const bytes = limited(body as unknown as AsyncIterable<Uint8Array>, filename, app.facts.maxUploadBytes);
      const stored = await app.objects.put(bytes);
      const upload = await stores.uploads.add({ ...stored, filename });
      return { id: upload.id, filename, bytes: stored.bytes, sha256: stored.sha256 };
    },
    'uploads.inspect': async ({ params, body }, { caller, signal }) => {
      if (body.dataset !== undefined) demand(caller!, 'datasets:read');
      if (body.model !== undefined && !(await isServed(app, body.model, body.version)))
        demand(caller!, 'models:read');
      const input = await inspectInput(stores, { ...body, uploadId: params.id });
      return (await app.runShortJob('inspect-file', input, signal)) as InspectFileOutput;
    },
    'datasets.list': async () => {
      const datasets = await stores.datasets.list();
      const summaries = datasets.map(async ({ name }) => {
        const versions = (await stores.datasets.versions(name)).toReversed();
        return { name, versions: versions.length, latest: versionSummary(versions[0]!, versions[1]) };
      });
      return { datasets: await Promise.all(summaries) };
    },
    'datasets.add': async ({ body }, { caller, requestId }) => {
      const job = await app.database.transaction(async ({ uploads, datasets, jobs, audit }) => {
        const upload = await uploads.get(body.uploadId);
        const known = await datasets.find(body.name);
        if (known !== undefined && !body.append)
          throw fail('dataset.exists', { name: body.name }, { path: 'name' });
        const parent = body.append ? await datasets.version(body.name) : null;
        const input: IngestInput = {
          file: { sha256: upload.sha256, filename: upload.filename },
          parent:
            parent === null
              ? null
              : { manifest: parent.manifest, manifestId: parent.manifestId, dataset: body.name },
          dataset: body.name,
          ...(body.read && { read: body.read }),
        };
        await audit.append({
          who: caller!.name,
          what: 'datasets.add',
          subject: body.name,
          requestId,
          details: { file: upload.sha256 },
        });
        return jobs.enqueue('ingest', input);
      });
      app.journeys.wakeWorkers();
      return jobView(job);
    },
    'datasets.get': async ({ params }) => {
      const versions = (await stores.datasets.versions(params.name)).toReversed();
      return {
        name: params.name,
        versions: versions.map((version, index) => versionSummary(version, versions[index + 1])),
      };
    },
    'datasets.version': async ({ params }) => {
      const version = await find(app, params);
      const before =
        version.version > 1 ? await stores.datasets.version(params.name, version.version - 1) : undefined;
      return {
        ...versionSummary(version, before),
        dataset: params.name,
        parent: version.manifest.parent,
        schema: version.manifest.schema.columns,
        missingWords: [...(version.manifest.schema.missingWords ?? MISSING_WORDS)],
        report: version.profile.report ?? null,
        profile: version.profile.columns,
        segments: version.manifest.segments,
      };
    },
    'datasets.rollback': async ({ params, body }, { caller, requestId }) => {
      const ask = { dataset: params.name, to: body.to, by: caller!.name, requestId };
      const version = await rollBackDataset(app.database, ask);
      return versionSummary(version, await stores.datasets.version(params.name, version.version - 1));
    },
    'datasets.preview': async ({ params, body }, { signal }) => {
      const version = await find(app, params);
      return (await app.runShortJob(
        'preview',
        { manifest: version.manifest, ...body },
        signal,
      )) as PreviewOutput;
    },
  };
}

function find(app: App, params: { name: string; version: number | 'latest' }): Promise<DatasetVersion> {
  return app.database.stores.datasets.version(
    params.name,
    params.version === 'latest' ? undefined : params.version,
  );
}

/** What an endpoint answers with is for all who may call it; other models are not. */
async function isServed({ database }: App, model: string, version: number | undefined): Promise<boolean> {
  return version === undefined && (await database.stores.endpoints.find(model)) !== undefined;
}

/** Nothing is kept of a file that is empty or over the limit. Throws `file.empty`, `request.too-large`. */
async function* limited(
  source: AsyncIterable<Uint8Array>,
  file: string,
  limitBytes: number,
): AsyncGenerator<Uint8Array> {
  let bytes = 0;
  for await (const chunk of source) {
    bytes += chunk.byteLength;
    if (bytes > limitBytes) throw fail('request.too-large', { limitBytes });
    yield chunk;
  }
  if (bytes === 0) throw fail('file.empty', { file });
}
