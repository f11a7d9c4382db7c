import { mkdir, mkdtemp, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type BundleFile, type BundleFiles, signBundle } from '../../stages/pack/index.ts';
import { filesOf, placeFiles } from '../../testing/folder-tree.ts';
import { createBundleFolderStore } from './bundle-folder-store.ts';
import { openFileSigner } from './file-signer.ts';

let home: string;

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'slipway-bundles-'));
});
afterEach(() => rm(home, { recursive: true }));

const bundles = () => join(home, 'bundles');

async function store() {
  return createBundleFolderStore(bundles(), await openFileSigner(join(home, 'keys')));
}

async function signed(content = 'trees'): Promise<BundleFiles> {
  const files = new Map<BundleFile, Uint8Array>([
    ['MLmodel', Buffer.from('flavors: {}')],
    ['trees.json', Buffer.from(content)],
  ]);
  return files.set('signature.json', await signBundle(files, await openFileSigner(join(home, 'keys'))));
}

describe('the bundle folder store', () => {
  it('gives back what it was given, under the hash of the signature', async () => {
    const files = await signed();
    const { id, bytes } = await (await store()).put(files);
    expect(id).toMatch(/^[0-9a-f]{64}$/);
    expect(bytes).toBe([...files.values()].reduce((sum, file) => sum + file.byteLength, 0));
    const opened = await (await store()).open(id);
    expect(new Map([...opened.files].map(([name, file]) => [name, Buffer.from(file).toString()]))).toEqual(
      new Map([...files].map(([name, file]) => [name, Buffer.from(file).toString()])),
    );
    expect(await readFile(join(opened.folder, 'trees.json'), 'utf8')).toBe('trees');
  });

  it('stores the same bundle once and leaves nothing half written beside it', async () => {
    const files = await signed();
    const at = await store();
    const ids = await Promise.all([at.put(files), at.put(files), at.put(files)]);
    expect(new Set(ids.map(({ id }) => id)).size).toBe(1);
    expect(await readdir(bundles())).toEqual([ids[0]!.id]);
  });

  it('collects what nobody keeps once it is old, and nothing else', async () => {
    const at = await store();
    const [kept, old, anew] = [
      await at.put(await signed('1')),
      await at.put(await signed('2')),
      await signed('3'),
    ];
    const { id } = await at.put(anew);
    const yesterday = new Date(Date.now() - 86_400_000);
    for (const each of [kept.id, old.id, id]) await utimes(join(bundles(), each), yesterday, yesterday);
    await at.put(anew); // stored again: it is young again
    expect(await at.collect(new Set([kept.id]), 3_600_000)).toBe(1);
    expect((await readdir(bundles())).sort()).toEqual([kept.id, id].sort());
    await at.open(kept.id);
    await at.open(id);
  });

  it('puts back what a crash of the collection left aside though it is wanted', async () => {
    const at = await store();
    const [kept, old] = [await at.put(await signed('1')), await at.put(await signed('2'))];
    for (const { id } of [kept, old]) await rename(join(bundles(), id), join(bundles(), `.leaving-${id}`));
    expect(await at.collect(new Set([kept.id]), -60_000)).toBe(1);
    expect(await readdir(bundles())).toEqual([kept.id]);
    await at.open(kept.id);
  });

  it('keeps a wanted bundle aside when something else has its place', async () => {
    const at = await store();
    const { id } = await at.put(await signed());
    await rename(join(bundles(), id), join(bundles(), `.leaving-${id}`));
    await placeFiles(bundles(), [id]);
    const before = await filesOf(bundles());
    expect(await at.collect(new Set([id]), 3_600_000)).toBe(0);
    expect(await filesOf(bundles())).toEqual(before);
  });

  it('removes nothing but bundles and what it left half written, however old', async () => {
    const at = await store();
    const hash = 'a'.repeat(64);
    const [writing, leaving] = [`.writing-${'0'.repeat(16)}`, `.leaving-${'b'.repeat(64)}`];
    await placeFiles(bundles(), [
      'mine.txt',
      '.writing-mine/a',
      '.leaving-mine/a',
      `${hash}.bak/a`,
      `x.leaving-${hash}/a`,
    ]);
    const mine = await filesOf(bundles());
    await placeFiles(bundles(), [`${hash}/MLmodel`, `${writing}/MLmodel`, `${leaving}/MLmodel`]);
    const old = new Date(0);
    for (const name of await readdir(bundles()))
      if (name !== 'mine.txt') await utimes(join(bundles(), name), old, old);
    const { id } = await at.put(await signed());
    expect(await at.collect(new Set([id]), 3_600_000)).toBe(2);
    const { [id]: kept, ...others } = await filesOf(bundles());
    expect(kept).toBeDefined();
    expect(Object.fromEntries(Object.entries(others).filter(([path]) => !path.startsWith(id)))).toEqual(mine);
  });

  it('refuses flipped bytes, missing files and extra files', async () => {
    const { id } = await (await store()).put(await signed());
    const path = join(bundles(), id, 'trees.json');
    await writeFile(path, 'treez');
    await expect((await store()).open(id)).rejects.toMatchObject({
      code: 'bundle.invalid',
      details: { reason: 'trees.json does not match its hash' },
    });
    await rm(path);
    await expect((await store()).open(id)).rejects.toMatchObject({
      code: 'bundle.invalid',
      details: { reason: 'trees.json is missing' },
    });
    await writeFile(path, 'trees');
    await writeFile(join(bundles(), id, 'card.md'), 'unsigned');
    await expect((await store()).open(id)).rejects.toMatchObject({
      code: 'bundle.invalid',
      details: { reason: 'card.md is not one of its files' },
    });
    await rm(join(bundles(), id, 'card.md'));
    await mkdir(join(bundles(), id, 'weights'));
    await expect((await store()).open(id)).rejects.toMatchObject({ code: 'bundle.invalid' });
  });

  it('refuses a bundle put under another id, and ids that are paths', async () => {
    const at = await store();
    const one = await at.put(await signed('one'));
    const two = await at.put(await signed('two'));
    await rm(join(bundles(), one.id), { recursive: true });
    await rename(join(bundles(), two.id), join(bundles(), one.id));
    await expect(at.open(one.id)).rejects.toMatchObject({ code: 'bundle.invalid' });
    await expect(at.open('../keys')).rejects.toMatchObject({ code: 'bundle.invalid' });
    await expect(at.open(two.id)).rejects.toMatchObject({ code: 'bundle.invalid' });
  });

  it('refuses a signature by a key it does not know, until the key is trusted', async () => {
    const stranger = await openFileSigner(join(home, 'elsewhere'));
    const files = new Map<BundleFile, Uint8Array>([['MLmodel', Buffer.from('flavors: {}')]]);
    files.set('signature.json', await signBundle(files, stranger));
    await expect((await store()).put(files)).rejects.toMatchObject({ code: 'bundle.invalid' });
    expect(await readdir(home)).not.toContain('bundles');
    await writeFile(join(home, 'keys', 'elsewhere.pub.pem'), stranger.publicKeyPem);
    expect((await (await store()).put(files)).id).toMatch(/^[0-9a-f]{64}$/);
  });

  it('refuses a changed statement, signature or payload type', async () => {
    const files = new Map(await signed());
    const envelope = JSON.parse(Buffer.from(files.get('signature.json')!).toString());
    const payload = Buffer.from(envelope.payload, 'base64').toString();
    const changes = [
      { ...envelope, payload: Buffer.from(payload.replace('trees.json', 'card.md')).toString('base64') },
      { ...envelope, signatures: [{ ...envelope.signatures[0], sig: Buffer.alloc(64).toString('base64') }] },
      { ...envelope, signatures: [] },
      { ...envelope, payloadType: 'text/plain' },
    ];
    for (const change of [...changes.map((one) => JSON.stringify(one)), 'null', '{', '']) {
      files.set('signature.json', Buffer.from(change));
      await expect((await store()).put(files)).rejects.toMatchObject({ code: 'bundle.invalid' });
    }
  });
});

describe('the signing key', () => {
  it('is made once, also by two first users at the same time, and only its owner may read it', async () => {
    const folder = join(home, 'keys');
    const signers = await Promise.all([1, 2, 3, 4].map(() => openFileSigner(folder)));
    expect(new Set(signers.map(({ keyId }) => keyId)).size).toBe(1);
    expect(await readdir(folder)).toEqual(['bundle-signing.pem']);
    expect((await stat(join(folder, 'bundle-signing.pem'))).mode & 0o777).toBe(0o600);
  });

  it('is made with what lies beside it kept', async () => {
    const folder = join(home, 'keys');
    await placeFiles(folder, ['bundle-signing.pem.bak', `bundle-signing.pem.${process.pid}`, 'mine.pem']);
    const before = await filesOf(folder);
    await openFileSigner(folder);
    const { 'bundle-signing.pem': _, ...others } = await filesOf(folder);
    expect(others).toEqual(before);
  });
});
