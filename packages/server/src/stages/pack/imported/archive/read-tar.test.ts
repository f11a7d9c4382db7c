import { pack } from 'tar-stream';
import { expect, it } from 'vitest';
import { readTar } from './read-tar.ts';

async function tarOf(entries: [name: string, content: string][]): Promise<Uint8Array> {
  const tar = pack();
  for (const [name, content] of entries) tar.entry({ name }, content);
  tar.finalize();
  const chunks: Uint8Array[] = [];
  for await (const chunk of tar) chunks.push(chunk as Uint8Array);
  return Buffer.concat(chunks);
}

const read = async (entries: [name: string, content: string][]) =>
  readTar({ file: 'model.tar', bytes: await tarOf(entries), maxBytes: 1 << 20 });

it('refuses two files of one name, however it is written: readers differ in which of them they take', async () => {
  expect([
    ...(
      await read([
        ['m/a', '1'],
        ['m/b', '2'],
      ])
    ).keys(),
  ]).toEqual(['m/a', 'm/b']);
  for (const again of ['m/a', './m/a', 'm//a', 'm/./a'])
    await expect(
      read([
        ['m/a', '1'],
        [again, '2'],
      ]),
    ).rejects.toMatchObject({
      code: 'model.refused',
      details: { reason: 'm/a is there twice' },
    });
});
