import { fail, isShowable } from '@slipway/contract';
import type { DatasetVersion, Upload } from '../../metadata/index.ts';
import { MISSING_WORDS } from '../../stages/ingest/index.ts';
import {
  type IngestInput,
  type InspectFileOutput,
  inspectInput,
  type PreviewOutput,
  rollBackDataset,
} from '../../workflows/index.ts';
import type { Handlers } from '../handler-types.ts';
import type { App } from './app.ts';
import { demand } from './demand.ts';
import { hasUploadLimit, type UploadRoom, uploadQuota } from './upload-quota.ts';
import { jobView, versionSummary } from './views.ts';

type DataHandlers = Pick<
  Handlers,
  | 'uploads.create'
  | 'uploads.list'
  | 'uploads.delete'
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
  const { maxUploadBytes, maxUploadedBytesPerKey } = app.facts;
  const quota = uploadQuota(stores.uploads, maxUploadedBytesPerKey);
  return {
    'uploads.create': async ({ query, body }, { caller, announcedBytes }) => {
      const filename = query.filename.replace(/^.*[\\/]/s, '');
      if (!isShowable(filename))
        throw fail(
          'request.invalid',
          {
            reason: 'filename: it holds control characters, or characters that change the direction of text',
          },
          { path: 'filename' },
        );
      if (NO_NAME.has(filename))
        throw fail('request.invalid', { reason: 'filename: it names no file' }, { path: 'filename' });
      if (announcedBytes !== undefined && announcedBytes > maxUploadBytes)
        throw fail('request.too-large', { limitBytes: maxUploadBytes });
      const room = await quota.admit(caller!, announcedBytes);
      let keptBytes = 0;
      try {
        const source = body as unknown as AsyncIterable<Uint8Array>;
        const stored = await app.objects.put(limited(source, filename, maxUploadBytes, room));
        const upload = await stores.uploads.add({ ...stored, filename, owner: caller!.id });
        keptBytes = stored.bytes;
        return { id: upload.id, filename, bytes: stored.bytes, sha256: stored.sha256 };
      } finally {
        room.release(keptBytes);
      }
    },
    'uploads.list': async ({ query }, { caller }) => {
      const { id, permissions } = caller!;
      if (query.keys === 'all') demand(caller!, 'uploads:read');
      const filter = query.keys === 'all' ? {} : { owner: id };
      const [uploads, total, usedBytes] = await Promise.all([
        stores.uploads.list({ ...filter, limit: query.limit }),
        stores.uploads.count(filter),
        stores.uploads.bytesOf(id),
      ]);
      return {
        uploads: uploads.map(({ owner, ...upload }) => ({ ...upload, key: owner })),
        total,
        usedBytes,
        limitBytes: hasUploadLimit(permissions) ? maxUploadedBytesPerKey : null,
      };
    },
    'uploads.delete': async ({ params }, { caller, requestId }) => {
      const upload = await app.database.transaction(async ({ uploads, audit }) => {
        const { filename, sha256, bytes } = await uploads.get(params.id);
        await audit.append({
          who: caller!.name,
          what: 'uploads.delete',
          subject: params.id,
          requestId,
          details: { filename, file: sha256, bytes },
        });
        return uploads.remove(params.id);
      });
      return { deleted: true, erased: await eraseUnnamed(app, upload) };
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
      app.pipelineRuns.wakeWorkers();
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

/** Bytes that a job has read, or that are a dataset's or another upload's, are left to the clean-up, which sees all that names them. */
async function eraseUnnamed({ database, objects }: App, { sha256, createdAt }: Upload): Promise<boolean> {
  const { uploads, jobs, datasets } = database.stores;
  if ((await uploads.hasBytes(sha256)) || (await jobs.mentions(sha256))) return false;
  if ((await datasets.segmentHashes()).has(sha256)) return false;
  return objects.erase(sha256, Date.parse(createdAt) + 1);
}

/** What an endpoint answers with is for all who may call it; other models are not. */
async function isServed({ database }: App, model: string, version: number | undefined): Promise<boolean> {
  return version === undefined && (await database.stores.endpoints.find(model)) !== undefined;
}

/** Nothing is kept of a file that is empty or over a limit. Throws `file.empty`, `request.too-large`, `upload.quota-spent`. */
async function* limited(
  source: AsyncIterable<Uint8Array>,
  file: string,
  limitBytes: number,
  room: UploadRoom,
): AsyncGenerator<Uint8Array> {
  let bytes = 0;
  for await (const chunk of source) {
    bytes += chunk.byteLength;
    if (bytes > limitBytes) throw fail('request.too-large', { limitBytes });
    room.take(chunk.byteLength);
    yield chunk;
  }
  if (bytes === 0) throw fail('file.empty', { file });
}
