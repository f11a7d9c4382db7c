import { versionSkew } from '@slipway/contract';
import { clean, say } from './output.ts';
import { VERSION } from './version.ts';

let told = false;

/** Says once, on standard error, that the server has another version than this program, and whether the two work together. */
export function tellVersionSkew(server: string): void {
  const skew = versionSkew(VERSION, server);
  if (skew === 'none' || told) return;
  told = true;
  const fact = `This command is Slipway ${VERSION}, the server ${clean(server.slice(0, 50))}`;
  say(
    skew === 'compatible'
      ? `${fact}: they work together; what is newer in one is missing in the other.`
      : `Warning: ${fact}: these versions may not work together. Install the server's version of the command.`,
  );
}
