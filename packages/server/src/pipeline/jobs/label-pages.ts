import type { Label, ObjectStore } from '../../ledger/index.ts';

const LABELS_IN_A_PAGE = 5000;

/** The labels of an object that the control plane wrote, page by page, in its order; holds one page. None without an object. */
export async function* labelPages(
  objects: Pick<ObjectStore, 'read'>,
  sha256: string | null,
  mostInAPage = LABELS_IN_A_PAGE,
): AsyncGenerator<Label[]> {
  if (sha256 === null) return;
  let page: Label[] = [];
  for await (const line of linesOf(objects.read(sha256))) {
    page.push(JSON.parse(line) as Label);
    if (page.length < mostInAPage) continue;
    yield page;
    page = [];
  }
  if (page.length > 0) yield page;
}

async function* linesOf(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of chunks) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = lines.pop()!;
    yield* lines.filter((line) => line !== '');
  }
  rest += decoder.decode();
  if (rest !== '') yield rest;
}
