import type { Database } from '../../../metadata/index.ts';

/** What a driver gives its suite: an empty database and a way round its back. */
export type DatabaseUnderTest = {
  /** As it is now: opened anew after each `tamper`. */
  readonly database: Database;
  /** Runs plain SQL past the stores. */
  tamper(statement: string): Promise<void>;
  dispose(): Promise<void>;
};
