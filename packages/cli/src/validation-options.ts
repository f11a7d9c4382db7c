import { type GateCondition, isFailure, parseGate, type ValidationSet } from '@slipway/contract';
import { type Command, InvalidArgumentError } from 'commander';

/** What `ship`, `train` and `retrain` take about further sets and gates. */
export type ValidationOptions = {
  validateOn?: ValidationSet[];
  gate?: GateCondition[];
  /** False with --no-default-gates. */
  defaultGates?: boolean;
};

export function withValidation(command: Command): Command {
  return withGates(
    command.option(
      '--validate-on <dataset>',
      'also validate on this dataset, as NAME or NAME@VERSION; repeatable',
      gatherSet,
    ),
  ).option(
    '--no-default-gates',
    'without the comparisons with baseline and champion and the limit on calibration',
  );
}

export function withGates(command: Command): Command {
  return command.option(
    '--gate <condition>',
    'a condition that must hold, such as "roc_auc>=0.8", "recall>=0.7 on orders-march" or "f1>=0.6 where country=PT"; repeatable',
    gatherGate,
  );
}

/** Those options as the contract takes them. */
export function validationOf({ validateOn, gate, defaultGates }: ValidationOptions) {
  return { validateOn, gates: gate, ...(defaultGates === false && { defaultGates }) };
}

const DATASET = /^([a-z0-9](?:[a-z0-9-]*[a-z0-9])?)(?:@(\d+))?$/;

/** `orders-march` or `orders-march@3`; an underscore stands for a hyphen, since no name of a dataset has one. */
export function validationSet(text: string): ValidationSet {
  const match = DATASET.exec(text.trim().toLowerCase().replaceAll('_', '-'));
  if (match === null)
    throw new InvalidArgumentError(
      'Name a dataset as NAME or NAME@VERSION; `slipway data add FILE` makes one of a file.',
    );
  const [, name, version] = match;
  return { name: name!, version: version === undefined ? 'latest' : Number(version) };
}

function gatherSet(text: string, before: ValidationSet[] = []): ValidationSet[] {
  return [...before, validationSet(text)];
}

function gatherGate(text: string, before: GateCondition[] = []): GateCondition[] {
  try {
    return [...before, parseGate(text)];
  } catch (error) {
    if (!isFailure(error)) throw error;
    throw new InvalidArgumentError(`${error.message} ${error.hint}`);
  }
}
