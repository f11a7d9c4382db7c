import { type FailureKind, fail, failureData, isFailure } from '@slipway/contract';
import { CommanderError } from 'commander';
import { clean } from './output.ts';
import { asThisUserRuns } from './own-command.ts';

/** Exit code of each kind of failure; 0 is success, 2 a wrong command line, 130 Ctrl-C. */
export const EXIT_CODE: Record<FailureKind, number> = {
  invalid: 2,
  unauthenticated: 3,
  forbidden: 3,
  missing: 4,
  conflict: 5,
  'too-large': 6,
  unsupported: 6,
  unprocessable: 6,
  busy: 7,
  unavailable: 7,
  'storage-full': 7,
  internal: 1,
  'not-yet': 8,
};

const EXIT_STOPPED = 130;

/** A gate refused the new model: not a failure, but scripts must be able to tell. */
export const EXIT_REFUSED = 10;

/**
 * Says what went wrong and the way out on stderr, and with --json as a document on stdout. `near` is the right name nearest to one that was
 * mistyped. Returns the exit code.
 */
export function reportFailure(error: unknown, json: boolean, near?: string): number {
  if (error instanceof CommanderError) return reportWrongWords(error, json);
  if (isAbort(error)) {
    process.stderr.write('\nStopped.\n');
    return EXIT_STOPPED;
  }
  const failure = isFailure(error) ? error : fail('internal', {}, { cause: error });
  if (json) process.stdout.write(`${JSON.stringify({ error: failureData(failure) })}\n`);
  const place = failure.path === undefined ? '' : ` (${failure.path})`;
  process.stderr.write(
    `\n${paint('31', '✗')} ${failure.message}${place}\n  ${near === undefined ? '' : `Did you mean ${clean(near)}? `}${asThisUserRuns(failure.hint)}\n  ${paint('2', failure.code)}\n`,
  );
  if (!isFailure(error) && process.env.DEBUG)
    process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
  else if (!isFailure(error))
    process.stderr.write(`  ${error instanceof Error ? error.message : String(error)}\n`);
  return EXIT_CODE[failure.kind];
}

function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === 'AbortError';
}

/** Commander has said what is wrong, or has printed the help that was asked for. */
function reportWrongWords(error: CommanderError, json: boolean): number {
  if (error.exitCode === 0) return 0;
  const reason = error.message.replace(/^error: |\.?(\n.*)?$/gs, '');
  const failure = fail('command.invalid', { reason });
  if (json) process.stdout.write(`${JSON.stringify({ error: failureData(failure) })}\n`);
  return EXIT_CODE[failure.kind];
}

/** ANSI colour on a terminal that wants it. */
export function paint(code: string, text: string, to: { isTTY?: boolean } = process.stderr): string {
  return to.isTTY && !process.env.NO_COLOR ? `\u001b[${code}m${text}\u001b[0m` : text;
}
