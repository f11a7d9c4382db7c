import { isFailure } from '@slipway/contract';
import { expect, test } from 'vitest';
import { translated } from './errors.ts';

test.each([
  ['INTERRUPT Error: Interrupted!', 'job.cancelled'],
  ['IO Error: Could not write file "/data/x": No space left on device', 'storage.full'],
  [
    "Out of Memory Error: failed to offload data block of size 256.0 KiB (19.0 MiB/19.0 MiB used). This limit was set by the 'max_temp_directory_size' setting.",
    'file.needs-disk',
  ],
  ['Out of Memory Error: could not allocate block of size 512.0 MiB', 'file.needs-memory'],
  ["Invalid Input Error: No magic bytes found at end of file '/data/secret/x'", 'file.unreadable'],
  [
    'Invalid Input Error: Malformed JSON in file "/data/secret/x", at byte 5 in line 2: unexpected end.',
    'file.unreadable',
  ],
])('%s is told in our words, without paths', (message, code) => {
  const error = translated(new Error(message));
  expect(isFailure(error) && error.code).toBe(code);
  expect(isFailure(error) && JSON.stringify([error.message, error.details])).not.toContain('/data');
});

test('what is not understood is passed on as it is', () => {
  const error = new Error('Binder Error: something of ours is wrong');
  expect(translated(error)).toBe(error);
});
