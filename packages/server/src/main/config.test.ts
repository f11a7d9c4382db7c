import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isFailure } from '@slipway/contract';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { environmentName, loadConfig, SLICES } from './config.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'slipway-config-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

type Given = { yaml?: string; environment?: Record<string, string>; flags?: string[] };

async function load({ yaml, environment = {}, flags = [] }: Given) {
  if (yaml !== undefined) await writeFile(join(folder, 'slipway.yaml'), yaml);
  return loadConfig({ environment, flags, folder });
}

/** The reason of the one failure that a bad configuration gives. */
async function mistakes(given: Given): Promise<string> {
  try {
    await load(given);
  } catch (error) {
    if (isFailure(error, 'config.invalid')) return String(error.details.reason);
    throw error;
  }
  throw new Error('the configuration was taken');
}

describe('the configuration', () => {
  it('shows no secret that an address carries', async () => {
    const address = 'https://user:pass@collector.example/v1/traces?api_key=abc';
    const { config, entries } = await load({ flags: [`inference.otlpEndpoint=${address}`] });
    expect(config.inference.otlpEndpoint).toBe(address);
    const shown = String(entries.find(({ key }) => key === 'inference.otlpEndpoint')?.value);
    expect(shown).toBe('https://***:***@collector.example/v1/traces?api_key=***');
    const plain = 'https://collector.example/v1/traces';
    const { entries: others } = await load({ flags: [`inference.otlpEndpoint=${plain}`] });
    expect(others.find(({ key }) => key === 'inference.otlpEndpoint')?.value).toBe(plain);
  });

  it('has a default for every key, and says what each means', async () => {
    const { config, entries } = await load({});
    expect(entries.length).toBe(Object.values(SLICES).flatMap((slice) => Object.keys(slice)).length);
    expect(entries.every(({ from, says }) => from === 'default' && says.endsWith('.'))).toBe(true);
    expect(config.http).toMatchObject({ host: '127.0.0.1', port: 7400, insecure: false });
  });

  it('lets each place win over the one before it, key by key', async () => {
    const yaml = 'http: { port: 1, inferencePort: 1, maxBodyBytes: 2000 }';
    const environment = { SLIPWAY_HTTP_PORT: '2', SLIPWAY_HTTP_INFERENCE_PORT: '2' };
    const { config } = await load({ yaml, environment, flags: ['http.port=3'] });
    expect(config.http).toMatchObject({ port: 3, inferencePort: 2, maxBodyBytes: 2000 });
  });

  it('takes an empty environment variable for an unset one, also one of no setting', async () => {
    const yaml = 'storage: { data: /srv/y }\nhttp: { port: 7001 }\ndatabase: { url: "postgres://db/x" }';
    const names = ['DATA', 'STORAGE_DATA', 'HTTP_PORT', 'HTTP_INSECURE', 'DATABASE_URL', 'NO_SUCH_SETTING'];
    const environment = Object.fromEntries(names.map((name) => [`SLIPWAY_${name}`, '']));
    const { config, entries } = await load({ yaml, environment });
    expect(config.storage.data).toBe('/srv/y');
    expect(config.http).toMatchObject({ port: 7001, insecure: false });
    expect(config.database.url).toBe('postgres://db/x');
    expect(entries.filter(({ from }) => from === 'environment')).toEqual([]);
  });

  it('refuses an empty path of the data folder, which would mean the working folder', async () => {
    const says = 'storage.data must be the path of a folder';
    expect(await mistakes({ flags: ['storage.data='] })).toContain(says);
    expect(await mistakes({ yaml: 'storage: { data: "" }' })).toContain(says);
  });

  it('reads every key from the environment under its own name', async () => {
    expect(environmentName('http.maxBodyBytes')).toBe('SLIPWAY_HTTP_MAX_BODY_BYTES');
    const { config, entries } = await load({
      environment: {
        SLIPWAY_DATA: '/srv/x',
        SLIPWAY_HTTP_ALLOWED_HOSTS: 'a.example, b.example',
        SLIPWAY_HTTP_INSECURE: '1',
        SLIPWAY_PUBLIC_URL: 'https://ml.example/',
        SLIPWAY_HTTP_INFERENCE_PUBLIC_URL: 'https://ml.example/models/',
      },
    });
    expect(config.storage.data).toBe('/srv/x');
    expect(config.http).toMatchObject({
      publicUrl: 'https://ml.example',
      inferencePublicUrl: 'https://ml.example/models',
    });
    expect(config.http).toMatchObject({ allowedHosts: ['a.example', 'b.example'], insecure: true });
    const names = entries.map(({ key }) => environmentName(key));
    expect(new Set(names).size).toBe(names.length);
  });

  it('keeps commas in a value: text is taken whole, a list is split at them, from flags and the environment alike', async () => {
    const { config } = await load({
      flags: ['inference.executionProviders=cuda,cpu', 'database.url=postgres://h/d?options=a,b=c'],
      environment: { SLIPWAY_HTTP_ALLOWED_HOSTS: 'a.example,b.example' },
    });
    expect(config.inference.executionProviders).toBe('cuda,cpu');
    expect(config.database.url).toBe('postgres://h/d?options=a,b=c');
    expect(config.http.allowedHosts).toEqual(['a.example', 'b.example']);
    expect(
      (await load({ flags: ['http.allowedHosts=c.example, d.example'] })).config.http.allowedHosts,
    ).toEqual(['c.example', 'd.example']);
    expect(await mistakes({ flags: ['http.port=7005,http.insecure=true'] })).toContain(
      '--set http.port must be a whole number',
    );
  });

  it('leaves alone what the command line and the tests read from the environment', async () => {
    await load({
      environment: { SLIPWAY_SERVER: 'x', SLIPWAY_TOKEN: 'y', SLIPWAY_TEST_ROUNDS: '3', PATH: '/bin' },
    });
  });

  it('tells all mistakes at once, each with its place and what it must be', async () => {
    const told = await mistakes({
      yaml: 'http:\n  port: 70000\n  colour: blue\nstorage: /srv\nkitchen:\n  sink: 1\n',
      environment: { SLIPWAY_WORK_TRAININGS: 'many', SLIPWAY_HTPT_PORT: '1' },
      flags: ['http.insecure=perhaps', 'nonsense', 'http.port=1e2.5'],
    });
    for (const part of [
      'slipway.yaml http.port must be a whole number from 0 to 65535',
      'there is no setting http.colour (there are http.host,',
      'slipway.yaml storage: there is no setting storage',
      'there is no setting kitchen.sink',
      'SLIPWAY_WORK_TRAININGS must be a whole number',
      'there is no setting SLIPWAY_HTPT_PORT',
      '--set http.insecure must be true or false',
      '--set nonsense: write it as key=value',
      '--set http.port must be',
    ])
      expect(told).toContain(part);
  });

  it.each([
    'ml.example',
    'ftp://ml.example',
    'https://ml.example/slipway',
    'https://ml.example/?a=1',
    'https://key@ml.example',
    'javascript:alert(1)',
  ])('takes no public address such as %s', async (url) => {
    expect(await mistakes({ flags: [`http.publicUrl=${url}`] })).toContain(
      'http.publicUrl must be an http:// or https:// address without query or key, and without a path',
    );
  });

  it('shows secrets to nobody, not even in a mistake about them', async () => {
    const url = 'postgres://me:hunter2@db/x';
    const { config, entries } = await load({ flags: [`database.url=${url}`] });
    expect(config.database.url).toBe(url);
    expect(JSON.stringify(entries)).not.toContain('hunter2');
    expect(entries.find(({ key }) => key === 'database.url')?.value).toBe('***');
    expect((await load({})).entries.find(({ key }) => key === 'database.url')?.value).toBe('');
    expect(await mistakes({ yaml: 'database: { url: [hunter2] }' })).not.toContain('hunter2');
  });

  it.each([
    ['a list', '- a\n- b\n', 'mapping'],
    ['no YAML', 'http: {port: 1', 'slipway.yaml'],
    ['the same key twice', 'http:\n  port: 1\n  port: 2\n', 'unique'],
    ['a prototype', '__proto__:\n  port: 1\n', 'there is no setting'],
    [
      'an anchor bomb',
      `a: &a [x,x,x,x,x,x,x,x,x]\n${'bcdefghi'
        .split('')
        .map((name, index) => `${name}: &${name} [${`*${'abcdefghi'[index]},`.repeat(9)}]`)
        .join('\n')}\n`,
      'slipway.yaml',
    ],
  ])('in a file that is %s is refused', async (_what, yaml, says) => {
    expect(await mistakes({ yaml })).toContain(says);
  });

  it('of an empty file is the default one', async () => {
    expect((await load({ yaml: '# nothing yet\n' })).config).toEqual((await load({ yaml: '' })).config);
  });
});
