import type { InferenceContext } from '../context.ts';
import type { Exchange } from '../exchange.ts';
import type { FailureWriter } from '../problem.ts';
import type { RequestHeaders } from '../request-headers.ts';

/** Answers a request, now or by the time the promise resolves; what it throws is answered as a failure. */
export type Answer = (
  context: InferenceContext,
  exchange: Exchange,
  body: Buffer,
) => Promise<void> | undefined | void;

/**
 * One thing that can be asked for at a path. `{name}` in the path stands for an endpoint, `{version}` for one of the
 * versions it serves.
 */
export type Action = {
  method: 'GET' | 'POST';
  path: string;
  answer: Answer;
  /** Of paths without `{name}` that are about an endpoint all the same: it is found by headers or by the token. */
  isAboutEndpoint?: true;
  /** Whether calls count against the rate that a token is held to. */
  isLimited?: true;
  /** Refuses bodies of a medium that it does not read; JSON alone unless told. */
  checkMedium?: (headers: RequestHeaders) => void;
};

/** One way to talk to the data plane. */
export type Dialect = {
  /** For logs and metrics. */
  id: string;
  /** What is asked below this path and is not there is refused in this dialect. */
  prefix?: string;
  failure: FailureWriter;
  actions: readonly Action[];
};
