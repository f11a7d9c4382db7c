import { InvalidArgumentError } from 'commander';

export type WantedModel = { model: string; version?: number };

/** `digits` or `digits@2`. */
export function modelVersion(text: string): WantedModel {
  const match = /^([^@]+)(?:@(\d+))?$/.exec(text);
  if (match === null) throw new InvalidArgumentError('Write it as MODEL or MODEL@VERSION.');
  const [, model, version] = match;
  return version === undefined ? { model: model! } : { model: model!, version: Number(version) };
}
