import { expect, it } from 'vitest';
import { loopbackUnproxied } from './loopback-unproxied.ts';

it.each([
  [{}, 'localhost,127.0.0.1,::1', 'localhost,127.0.0.1,::1'],
  [
    { NO_PROXY: 'intern.example, 127.0.0.1' },
    'intern.example,127.0.0.1,localhost,::1',
    'intern.example,127.0.0.1,localhost,::1',
  ],
  [{ no_proxy: 'a', NO_PROXY: 'b' }, 'a,localhost,127.0.0.1,::1', 'b,localhost,127.0.0.1,::1'],
  [{ NO_PROXY: '*' }, '*', '*'],
])('%j spares this machine from proxies and keeps what is set', (environment, lower, upper) => {
  expect(loopbackUnproxied(environment)).toEqual({ no_proxy: lower, NO_PROXY: upper });
});
