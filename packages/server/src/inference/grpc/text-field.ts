/** Ways in which a field's value is written: https://protobuf.dev/programming-guides/encoding/#structure */
const VARINT = 0;
const FIXED64 = 1;
const BYTES = 2;
const FIXED32 = 5;

/**
 * The text of a field of a message that is not decoded: its fields are gone through one by one, what they hold is skipped. Of a field that
 * comes several times the last counts, as for every decoder. Undefined where there is none, or the bytes are no message.
 */
export function textField(message: Buffer, field: number): string | undefined {
  let found: string | undefined;
  for (let at = 0; at < message.length; ) {
    const tag = varintAt(message, at);
    if (tag === undefined) return undefined;
    const wire = tag.value % 8;
    const value = valueAt(message, tag.end, wire);
    if (value === undefined || value.end > message.length) return undefined;
    if (wire === BYTES && Math.floor(tag.value / 8) === field)
      found = message.toString('utf8', value.from, value.end);
    at = value.end;
  }
  return found;
}

/** Where the value of a field begins and ends; undefined for groups, which no message of ours has, and bytes that are no value. */
function valueAt(message: Buffer, at: number, wire: number): { from: number; end: number } | undefined {
  if (wire === FIXED64) return { from: at, end: at + 8 };
  if (wire === FIXED32) return { from: at, end: at + 4 };
  if (wire !== VARINT && wire !== BYTES) return undefined;
  const number = varintAt(message, at);
  if (number === undefined) return undefined;
  return { from: number.end, end: wire === BYTES ? number.end + number.value : number.end };
}

/** Of at most ten bytes, as 64 bits need. */
function varintAt(message: Buffer, from: number): { value: number; end: number } | undefined {
  let value = 0;
  for (let i = 0; i < 10; i++) {
    const byte = message[from + i];
    if (byte === undefined) return undefined;
    value += (byte % 128) * 2 ** (7 * i);
    if (byte < 128) return { value, end: from + i + 1 };
  }
  return undefined;
}
