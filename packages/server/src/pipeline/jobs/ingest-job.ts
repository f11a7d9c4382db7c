import { appendFile, ingestFile, manifestId } from '../../journey/ingest/index.ts';
import type { JobHandler } from './job-ports.ts';
import { observeTables } from './observe-tables.ts';

/** Reads an uploaded file into a dataset version: the first, or one that follows `parent`. */
export const ingestJob: JobHandler<'ingest'> = async (input, ports, { signal, news }) => {
  const begun = ports.clock.monotonic();
  const file = await ports.objects.localPath(input.file.sha256);
  const observer = observeTables(ports.tables, news, ports.clock);
  const observed = { tables: observer.tables, objects: ports.objects };
  const { read, allowMissing: mayLack } = input;
  const request = {
    file,
    fileName: input.file.filename,
    limits: ports.limits,
    signal,
    ...(read !== undefined && { options: read }),
  };
  const ingesting =
    input.parent === null
      ? ingestFile(request, observed)
      : appendFile(
          input.parent.manifest,
          { ...request, dataset: input.dataset, ...(mayLack !== undefined && { mayLack }) },
          observed,
        );
  const { manifest, profile } = await ingesting.finally(observer.stop);
  return {
    manifest,
    profile,
    manifestId: manifestId(manifest),
    seconds: (ports.clock.monotonic() - begun) / 1000,
  };
};
