/**
 * Lets this process outlive its standard output and error: a file on a full disk, or a pipe whose reader is gone, loses what is
 * written to it and ends nothing.
 */
export function ignoreOutputErrors(): void {
  for (const output of [process.stdout, process.stderr]) output.on('error', () => {});
}
