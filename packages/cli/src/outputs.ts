import { fail, type SlipwayError } from '@slipway/contract';

/** What became of standard output: its reader had enough of it, or it could not be written. */
type OutputEnd = { error: Error; failure: SlipwayError | undefined };

let end: OutputEnd | undefined;

/**
 * Lets a command outlive its outputs. A reader that has enough, as `head` does, ends no work and is no failure; what a full
 * disk or a closed terminal does not take is told once on standard error, and `exitCode` of the failure ends the program, after its
 * work is done.
 */
export function outliveOutputs(told: (failure: SlipwayError) => number): void {
  process.stderr.on('error', () => {}); // nobody is left to be told
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (end !== undefined) return;
    const isRead = error.code === 'EPIPE';
    end = { error, failure: isRead ? undefined : fail('output.unwritable', { reason: error.message }) };
    if (end.failure === undefined) return;
    const code = told(end.failure);
    process.on('exit', () => {
      process.exitCode ||= code;
    });
  });
}

/** Whether that error is only that standard output takes no more, which was told where it is to be. */
export function isEndOfOutput(error: unknown): boolean {
  if (end === undefined) return false;
  const { code } = (error ?? {}) as NodeJS.ErrnoException;
  return (
    error === end.error ||
    code === 'EPIPE' ||
    code === 'ERR_STREAM_PREMATURE_CLOSE' ||
    code === 'ERR_STREAM_DESTROYED'
  );
}
