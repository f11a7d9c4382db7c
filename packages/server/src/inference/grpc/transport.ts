/** What a transport tells about a call. */
export type GrpcPeer = {
  /** A header of the call, by its lower-case name. */
  header: (name: string) => string | undefined;
  /** Epoch milliseconds when the caller stops waiting; undefined where it waits for ever. */
  deadlineAt: number | undefined;
};

/** Why a call is not answered: a gRPC status. */
export type GrpcRefusal = { status: number; says: string; headers: Record<string, string> };

/**
 * A message to send back, its bytes in parts that follow one another, or why there is none. Headers go before a message; `sent` is called once, when it was read or its reader is
 * gone, and gives back what the answer took.
 */
export type GrpcAnswer =
  | { message: readonly Uint8Array[]; headers: Record<string, string>; sent?: () => void }
  | GrpcRefusal;

export type GrpcMethod = {
  /** `/package.Service/Method` */
  path: string;
  /** Whether messages come and go as long as the caller likes, each answered in turn. */
  isStream: boolean;
  /**
   * Whether a call may go on, by its metadata alone, before any message of it is read. `received` is called once, when its first message
   * is there or never comes. Never throws.
   */
  begin: (peer: GrpcPeer) => { received: () => void } | GrpcRefusal;
  /** Never throws. */
  answer: (message: Buffer, peer: GrpcPeer) => Promise<GrpcAnswer>;
};

export type GrpcLimits = {
  maxMessageBytes: number;
  /** Time after which a connection without calls is closed. */
  idleMs: number;
  /** Longest time that an answer waits for its reader; then the call is cut. */
  answerMs: number;
  /** Takes the memory of a message that waits for the one before it to be answered; or says why there is none. */
  hold: (bytes: number) => { release: () => void } | GrpcRefusal;
  /** Told of an error of ours while an answer was sent; the call itself ends as INTERNAL. */
  onError: (error: unknown) => void;
};

/** Carries gRPC calls over HTTP/2. */
export interface GrpcTransport {
  /** Listens and returns the port. Throws `listen.in-use` and `listen.impossible`. */
  listen(host: string, port: number): Promise<number>;
  /** Takes no more calls, lets those under way finish until the deadline, and cuts the rest. */
  drain(deadlineMs: number): Promise<void>;
}

/** Makes a transport that answers calls by `methods`; other paths are UNIMPLEMENTED. */
export type GrpcTransportFactory = (methods: readonly GrpcMethod[], limits: GrpcLimits) => GrpcTransport;
