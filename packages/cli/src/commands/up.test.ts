import { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { withPorts } from './up.ts';

function settingsOf(...args: string[]): string[] | undefined {
  return withPorts(new Command()).parse(args, { from: 'user' }).opts<{ set?: string[] }>().set;
}

describe('--set', () => {
  it('takes one setting each time, its value whole with commas, spaces and equals signs', () => {
    expect(
      settingsOf(
        ...['--set', 'inference.executionProviders=cuda,cpu', '--set=http.port=7005'],
        ...[
          '--set',
          'http.allowedHosts= a.example, b.example',
          '--set',
          'database.url=postgres://h/d?o=a,b=c',
        ],
      ),
    ).toEqual([
      'inference.executionProviders=cuda,cpu',
      'http.port=7005',
      'http.allowedHosts= a.example, b.example',
      'database.url=postgres://h/d?o=a,b=c',
    ]);
    expect(settingsOf()).toBeUndefined();
  });
});
