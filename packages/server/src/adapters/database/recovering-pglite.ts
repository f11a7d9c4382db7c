import type { PGliteInterface, QueryOptions, Results, Transaction } from '@electric-sql/pglite';
import { fail } from '@slipway/contract';
import { hasHeadroom, requireHeadroom } from './disk-headroom.ts';
import { translated } from './errors.ts';
import type { Engine } from './pglite-engine.ts';

/** What Drizzle calls. */
type Queries = Pick<PGliteInterface, 'query' | 'transaction'>;
type Query = (statement: string, parameters?: unknown[], options?: QueryOptions) => Promise<Results<unknown>>;

const READS_ONLY = /^\s*(select|show)\b/i;

/**
 * PGlite that survives its own death: it lets go of a dead engine and starts another at the next call, which recovers
 * from the log as after a power cut. Writes are refused before the disk under it is full.
 */
export class RecoveringPglite {
  readonly #folder: string;
  readonly #start: () => Promise<Engine>;
  #engine: Engine;
  #restarting: Promise<Engine> | undefined;
  #closed = false;

  private constructor(folder: string, start: () => Promise<Engine>, engine: Engine) {
    this.#folder = folder;
    this.#start = start;
    this.#engine = engine;
  }

  static async open(folder: string, start: () => Promise<Engine>): Promise<RecoveringPglite> {
    return new RecoveringPglite(folder, start, await start());
  }

  /** As Drizzle wants it. */
  get queries(): Queries {
    return { query: this.#query, transaction: this.#transaction } as Queries;
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#restarting?.catch(() => undefined);
    if (this.#engine.pglite.isDead) this.#engine.abandon();
    else await this.#engine.pglite.close();
  }

  #query: Query = async (statement, parameters, options) => {
    const { pglite } = await this.#live();
    this.#refuseWritesWhenFull(statement);
    return pglite.query(statement, parameters, options);
  };

  #transaction = async <T>(work: (transaction: Transaction) => Promise<T>): Promise<T> => {
    const { pglite } = await this.#live();
    return pglite.transaction((transaction) => {
      const query: Query = async (statement, parameters, options) => {
        this.#refuseWritesWhenFull(statement);
        return transaction.query(statement, parameters, options);
      };
      return work({ ...transaction, query } as Transaction);
    });
  };

  #refuseWritesWhenFull(statement: string): void {
    if (!READS_ONLY.test(statement)) requireHeadroom(this.#folder);
  }

  async #live(): Promise<Engine> {
    if (this.#closed) throw fail('storage.unavailable', { reason: 'the database is closed' });
    if (!this.#engine.pglite.isDead) return this.#engine;
    this.#restarting ??= this.#restart().finally(() => {
      this.#restarting = undefined;
    });
    return this.#restarting;
  }

  async #restart(): Promise<Engine> {
    if (!hasHeadroom(this.#folder)) throw fail('storage.full');
    this.#engine.abandon();
    try {
      this.#engine = await this.#start();
      return this.#engine;
    } catch (error) {
      throw translated(error);
    }
  }
}
