/**
 * Reading and writing records by keys that come from outside: names of columns, classes, metrics, headers. Every plain
 * object inherits `constructor`, `toString`, `__proto__` and others, so `record[key]` finds a function where a caller
 * asks for one of those, and `record['__proto__'] = value` is lost. This is the only file that may index a record by
 * such a key; `scripts/check-lookups.mjs` fails elsewhere. A table that is written in the source is a `Map`.
 */

/** A record, or none. Of types without an index signature every value is unknown. */
type Held<Value> = Readonly<Record<string, Value>> | undefined;

/** The value that the record itself holds under the key; undefined where it holds none. */
export function ownValue<Value>(record: Held<Value>, key: string): Value | undefined {
  return record !== undefined && Object.hasOwn(record, key) ? record[key] : undefined;
}

/**
 * {@link ownValue} for one key of many records, such as a column of rows: half the time, since of a name that no object
 * inherits nothing needs to be checked. The records inherit from `Object.prototype` or from nothing.
 */
export function ownReader(
  key: string,
): <Value>(record: Readonly<Record<string, Value>>) => Value | undefined {
  if (INHERITED.has(key)) return (record) => ownValue(record, key);
  return (record) => record[key];
}

const INHERITED: ReadonlySet<string> = new Set(Object.getOwnPropertyNames(Object.prototype));

/** Sets the record's own value under the key, also under `__proto__`, which plain assignment takes for something else. */
export function defineOwn<Value>(record: Record<string, Value>, key: string, value: NoInfer<Value>): void {
  if (key !== '__proto__') record[key] = value;
  else Object.defineProperty(record, key, { value, enumerable: true, writable: true, configurable: true });
}
