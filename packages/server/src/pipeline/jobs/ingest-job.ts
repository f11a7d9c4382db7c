import { appendFile, ingestFile, manifestId } from '../../journey/ingest/index.ts';
import type { JobHandler } from './job-ports.ts';

/** Reads an uploaded file into a dataset version: the first, or one that follows `parent`. */
export const ingestJob: JobHandler<'ingest'> = async (input, ports, { signal }) => {
  const begun = ports.clock.monotonic();
  const file = await ports.objects.localPath(input.file.sha256);
  const { read, allowMissing: mayLack } = input;
  const request = {
    file,
    fileName: input.file.filename,
    limits: ports.limits,
    signal,
    ...(read !== undefined && { options: read }),
  };
  const { manifest, profile } =
    input.parent === null
      ? await ingestFile(request, ports)
      : await appendFile(
          input.parent.manifest,
          { ...request, dataset: input.dataset, ...(mayLack !== undefined && { mayLack }) },
          ports,
        );
  return {
    manifest,
    profile,
    manifestId: manifestId(manifest),
    seconds: (ports.clock.monotonic() - begun) / 1000,
  };
};
