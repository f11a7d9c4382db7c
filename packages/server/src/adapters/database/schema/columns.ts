import { customType, timestamp } from 'drizzle-orm/pg-core';

/**
 * A JSON document, kept as text so that it comes back as it was given. Drizzle's own `json` parses twice, which turns
 * the string "5" into a number.
 */
export const document = customType<{ data: unknown; driverData: unknown }>({
  dataType: () => 'json',
  toDriver: (value) => JSON.stringify(value),
  fromDriver: (value) => value,
});

/** A moment, to the millisecond, UTC. */
export const moment = (name: string) => timestamp(name, { withTimezone: true, precision: 3, mode: 'date' });
