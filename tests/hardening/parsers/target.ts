import { isFailure, STATUS_OF_KIND } from '@slipway/contract';

/** A parser of bytes or text that others send or write, and what must hold of it for any input. */
export type ParserTarget = {
  name: string;
  /** Inputs that it takes; others are made of them. */
  examples: readonly (string | Uint8Array)[];
  /** Words of its language, put into inputs. */
  words?: readonly string[];
  /**
   * Reads the input. Throws {@link Finding} where a property does not hold, and whatever the parser throws that it must not:
   * wrap it in {@link taken}.
   */
  check(input: Buffer): unknown;
};

/** A property that does not hold. */
export class Finding extends Error {}

/** What a parser gives, or undefined where it refuses the input as it may. */
export type Taken<T> = { value: T } | undefined;

/**
 * Whether an error says that the input is wrong: a failure of the catalogue whose status is 4xx, or that what is asked for was never
 * built.
 */
export function isRefusal(error: unknown): boolean {
  if (!isFailure(error)) return false;
  const status = STATUS_OF_KIND[error.kind];
  return (status >= 400 && status < 500) || error.kind === 'not-yet';
}

export function taken<T>(parse: () => T, isAllowed: (error: unknown) => boolean = isRefusal): Taken<T> {
  try {
    return { value: parse() };
  } catch (error) {
    if (isAllowed(error)) return undefined;
    throw error;
  }
}

export async function takenLater<T>(
  parse: () => Promise<T>,
  isAllowed: (error: unknown) => boolean = isRefusal,
): Promise<Taken<T>> {
  try {
    return { value: await parse() };
  } catch (error) {
    if (isAllowed(error)) return undefined;
    throw error;
  }
}

/** Throws {@link Finding}. */
export function hold(condition: boolean, says: string): void {
  if (!condition) throw new Finding(says);
}

/** Throws {@link Finding} unless both are the same, numbers by `Object.is` but for the sign of zero. */
export function same(found: unknown, expected: unknown, says: string): void {
  if (!isSame(found, expected)) throw new Finding(`${says}: ${shown(found)} instead of ${shown(expected)}`);
}

function isSame(a: unknown, b: unknown): boolean {
  if (a === b || (Number.isNaN(a) && Number.isNaN(b))) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const [keys, others] = [Object.keys(a), Object.keys(b)];
  if (keys.length !== others.length) return false;
  return keys.every(
    (key) => Object.hasOwn(b, key) && isSame(Reflect.get(a, key) as unknown, Reflect.get(b, key) as unknown),
  );
}

function shown(value: unknown): string {
  const text = JSON.stringify(value, (_, one: unknown) => (typeof one === 'bigint' ? `${one}n` : one));
  return (text ?? String(value)).slice(0, 200);
}
