import { exactInteger } from '../../../kernel/index.ts';
import type { ColumnType } from '../../../stages/ingest/index.ts';
import { fromBfloat16, fromFloat16, toBfloat16, toFloat16 } from '../../../stages/pack/index.ts';
import type { RawValue } from '../../../stages/serve/index.ts';

/** How the values of a datatype lie in bytes: little-endian, without padding. */
export type FixedType = {
  bytes: number;
  /** Not a number is a missing value; 64-bit whole numbers keep their digits. */
  read: (view: DataView, at: number) => RawValue;
  write: (view: DataView, at: number, value: RawValue) => void;
  /** The name in Triton's model configuration. */
  configName: string;
};

/** The datatypes of one size. BYTES is the only other: each value with its length before it. */
export const FIXED_TYPES = {
  FP64: number(8, 'getFloat64', 'setFloat64', 'TYPE_FP64'),
  FP32: number(4, 'getFloat32', 'setFloat32', 'TYPE_FP32'),
  FP16: half(fromFloat16, toFloat16, 'TYPE_FP16'),
  BF16: half(fromBfloat16, toBfloat16, 'TYPE_BF16'),
  INT64: bigNumber('getBigInt64', 'setBigInt64', 'TYPE_INT64'),
  INT32: number(4, 'getInt32', 'setInt32', 'TYPE_INT32'),
  INT16: number(2, 'getInt16', 'setInt16', 'TYPE_INT16'),
  INT8: number(1, 'getInt8', 'setInt8', 'TYPE_INT8'),
  UINT64: bigNumber('getBigUint64', 'setBigUint64', 'TYPE_UINT64'),
  UINT32: number(4, 'getUint32', 'setUint32', 'TYPE_UINT32'),
  UINT16: number(2, 'getUint16', 'setUint16', 'TYPE_UINT16'),
  UINT8: number(1, 'getUint8', 'setUint8', 'TYPE_UINT8'),
  BOOL: {
    bytes: 1,
    read: (view, at) => view.getUint8(at) !== 0,
    write: (view, at, value) => view.setUint8(at, value === true ? 1 : 0),
    configName: 'TYPE_BOOL',
  },
} satisfies Record<string, FixedType>;

export type FixedName = keyof typeof FIXED_TYPES;
export type Datatype = FixedName | 'BYTES';

/** These have no form in JSON, by the protocol. */
export const BINARY_ONLY: readonly Datatype[] = ['FP16', 'BF16'];

const NUMBERS = Object.keys(FIXED_TYPES).filter((name) => name !== 'BOOL') as Datatype[];

/** The datatypes that a raw column takes, the one that metadata names first. */
export const DATATYPES: Record<ColumnType, readonly Datatype[]> = {
  number: NUMBERS,
  boolean: ['BOOL'],
  string: ['BYTES'],
  timestamp: ['BYTES'],
};

/** The datatype of that name; undefined where there is none. */
export function datatypeNamed(name: unknown): Datatype | undefined {
  return [...NUMBERS, 'BOOL' as const, 'BYTES' as const].find((each) => each === name);
}

export function configName(datatype: Datatype): string {
  return datatype === 'BYTES' ? 'TYPE_STRING' : FIXED_TYPES[datatype].configName;
}

type Getter = Extract<keyof DataView, `get${'Float' | 'Int' | 'Uint'}${64 | 32 | 16 | 8}`>;
type Setter = Extract<keyof DataView, `set${'Float' | 'Int' | 'Uint'}${64 | 32 | 16 | 8}`>;

function number(bytes: number, get: Getter, set: Setter, configName: string): FixedType {
  return {
    bytes,
    read: (view, at) => orMissing((view[get] as DataView['getFloat64']).call(view, at, true)),
    write: (view, at, value) => (view[set] as DataView['setFloat64']).call(view, at, numberOf(value), true),
    configName,
  };
}

function half(from: (half: number) => number, to: (value: number) => number, configName: string): FixedType {
  return {
    bytes: 2,
    read: (view, at) => orMissing(from(view.getUint16(at, true))),
    write: (view, at, value) => view.setUint16(at, to(numberOf(value)), true),
    configName,
  };
}

function bigNumber(
  get: 'getBigInt64' | 'getBigUint64',
  set: 'setBigInt64' | 'setBigUint64',
  configName: string,
): FixedType {
  return {
    bytes: 8,
    read: (view, at) => exactInteger(view[get](at, true)),
    write: (view, at, value) => view[set](at, bigintOf(value), true),
    configName,
  };
}

function orMissing(value: number): number | null {
  return Number.isNaN(value) ? null : value;
}

function bigintOf(value: RawValue): bigint {
  return typeof value === 'bigint' ? value : BigInt(Math.trunc(numberOf(value)));
}

function numberOf(value: RawValue): number {
  return typeof value === 'number' ? value : Number.NaN;
}
