import type { IngestFinding, IngestFindingCode, ReadOptions } from '@slipway/contract';
import { ingestFile, type OpenSource, openSource, previewRows, type Row } from '../stages/ingest/index.ts';
import type { TemporaryLake } from './temporary-lake.ts';

export type ReadForm = { rows: Row[]; names: string[]; source: OpenSource };

/** The rows of a file (at most 10,000), and how it was understood. Throws as ingestFile does. */
export async function readForm(
  lake: TemporaryLake,
  content: string | Uint8Array,
  options: ReadOptions = {},
): Promise<ReadForm> {
  const file = await lake.file('file', content);
  const workspace = await lake.ports.tables.open({ reads: [file] });
  try {
    const opened = await openSource(workspace, { file, fileName: 'file', options });
    const { manifest } = await ingestFile({ file, fileName: 'file', options }, lake.ports);
    const rows = await previewRows(manifest, { offset: 0, limit: 10_000 }, lake.ports);
    const source = { ...opened, linesOf: remembered(lake, file, options) };
    return { rows, names: manifest.schema.columns.map(({ name }) => name), source };
  } finally {
    await workspace.close();
  }
}

/** Asks a source of its own: that of the reading above is closed. */
function remembered(lake: TemporaryLake, file: string, options: ReadOptions): OpenSource['linesOf'] {
  return async (rows) => {
    const workspace = await lake.ports.tables.open({ reads: [file] });
    try {
      const { linesOf } = await openSource(workspace, { file, fileName: 'file', options });
      return await linesOf(rows);
    } finally {
      await workspace.close();
    }
  };
}

export function findingOf({ source }: ReadForm, code: IngestFindingCode): IngestFinding | undefined {
  return source.findings.find((finding) => finding.code === code);
}
