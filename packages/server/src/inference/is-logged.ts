import { type Call, isProbe } from './call.ts';

/** Whether the predictions of a call go into the log: all of a request or none, and of the share that is declared. */
export function isLogged(call: Call, draw: () => number = Math.random): boolean {
  if (isProbe(call)) return false;
  const percent = call.endpoint?.declared.logPercent;
  if (percent === undefined) return true;
  call.isLogged ??= draw() * 100 < percent;
  return call.isLogged;
}
