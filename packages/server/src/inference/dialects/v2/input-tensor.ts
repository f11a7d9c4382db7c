import type { RawValue } from '../../../stages/serve/index.ts';
import type { Datatype } from './datatypes.ts';

/** A tensor of a request, before anything about it is known to be right. */
export type InputTensor = {
  name: unknown;
  datatype: unknown;
  shape: unknown;
  /** Where it stands in the request, for failures. */
  path: string;
  /** The values, of which there are `count` by the shape. Throws where there are others. */
  values: (datatype: Datatype, count: number) => RawValue[];
  /** What they are read from: bytes, or lists. */
  bytes?: Buffer | undefined;
  data?: unknown;
};
