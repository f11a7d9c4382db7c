import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { extract } from 'tar-stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { filesBesideGraph, tarOfModelFolder } from './tar-model-folder.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'slipway-tar-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** What a graph says of the places of its tensor data: `location` and a name, as protobuf writes them. */
function graphWith(...names: string[]): Buffer {
  const entries = names.map((name) =>
    Buffer.concat([
      Buffer.from([0x0a, 8]),
      Buffer.from('location'),
      Buffer.from([0x12, Buffer.byteLength(name)]),
      Buffer.from(name),
    ]),
  );
  return Buffer.concat([Buffer.from('graph'), ...entries, Buffer.from('end')]);
}

async function namesIn(tar: AsyncIterable<Uint8Array>): Promise<string[]> {
  const names: string[] = [];
  for await (const entry of Readable.from(tar).pipe(extract())) {
    names.push(entry.header.name);
    entry.resume();
  }
  return names;
}

describe('the folder of a model', () => {
  it('is sent with the data that its graphs name, whatever it is called, and nothing else', async () => {
    await mkdir(join(folder, 'weights'));
    await writeFile(
      join(folder, 'net.onnx'),
      graphWith('onnx__MatMul_12', 'weights/w.bin', '/etc/passwd', '../up'),
    );
    for (const name of ['onnx__MatMul_12', 'weights/w.bin', 'train.py', 'model.pkl'])
      await writeFile(join(folder, name), 'bytes');
    expect(await namesIn(await tarOfModelFolder(folder))).toEqual([
      'net.onnx',
      'onnx__MatMul_12',
      'weights/w.bin',
    ]);
  });

  it('keeps data in that lies beside one graph, and none that is not there', async () => {
    await writeFile(join(folder, 'net.onnx'), graphWith('net.onnx.data', 'gone.data'));
    await writeFile(join(folder, 'net.onnx.data'), 'bytes');
    expect(await filesBesideGraph(join(folder, 'net.onnx'))).toEqual(['net.onnx.data']);
  });

  it('is refused where the data is a link', async () => {
    await writeFile(join(folder, 'net.onnx'), graphWith('w.data'));
    await symlink('/etc/hosts', join(folder, 'w.data'));
    await expect(filesBesideGraph(join(folder, 'net.onnx'))).rejects.toMatchObject({
      code: 'request.invalid',
      message: expect.stringContaining('cp -rL'),
    });
  });
});
