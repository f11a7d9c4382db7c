import { previewRows } from '../../stages/ingest/index.ts';
import type { JobHandler } from './job-ports.ts';

/** Some rows of a dataset version, as JSON values. */
export const previewJob: JobHandler<'preview'> = async ({ manifest, offset, limit }, ports) => ({
  rows: await previewRows(manifest, { offset, limit }, ports),
});
