import { expect, it } from 'vitest';
import { spareLoopback } from './spare-loopback.ts';

const spared = (url: string, env: Record<string, string>, execArgv: string[] = []) => {
  const process = { env: { ...env }, execArgv };
  spareLoopback(url, { process });
  return process.env['NO_PROXY'];
};

it('calls to this machine are taken out of what goes to a proxy, where Node follows one', () => {
  const loopback = 'localhost,127.0.0.1,::1';
  for (const url of ['http://127.0.0.1:7400/x', 'http://localhost:7400', 'http://[::1]:7401'])
    expect(spared(url, { NODE_USE_ENV_PROXY: '1' }), url).toBe(loopback);
  expect(spared('http://localhost', { NODE_OPTIONS: '--no-warnings --use-env-proxy' })).toBe(loopback);
  expect(spared('http://localhost', { NO_PROXY: 'corp' }, ['--use-env-proxy'])).toBe(`corp,${loopback}`);
});

it('nothing is changed for other hosts, nor where Node follows no proxy', () => {
  expect(spared('https://slipway.example', { NODE_USE_ENV_PROXY: '1' })).toBeUndefined();
  expect(spared('http://127.0.0.1.example', { NODE_USE_ENV_PROXY: '1' })).toBeUndefined();
  expect(spared('http://127.0.0.1:7400', {})).toBeUndefined();
  expect(() => spareLoopback('http://127.0.0.1:7400', {})).not.toThrow();
});
