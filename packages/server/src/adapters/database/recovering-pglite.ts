import type { PGliteInterface, QueryOptions, Results, Transaction } from '@electric-sql/pglite';
import { fail } from '@slipway/contract';
import { hasHeadroom, requireHeadroom } from './disk-headroom.ts';
import { translated } from './errors.ts';
import { type Engine, startEngine } from './pglite-engine.ts';

/** What Drizzle calls. */
type Queries = Pick<PGliteInterface, 'query' | 'transaction'>;
type Query = (statement: string, parameters?: unknown[], options?: QueryOptions) => Promise<Results<unknown>>;

const READS_ONLY = /^\s*(select|show)\b/i;

/**
 * PGlite that survives its own death. After a panic (its log could not be written) PostgreSQL must not be asked
 * anything again, not even to roll back: it would never answer. This one lets go of the dead engine and starts
 * another at the next call, which recovers from the log as after a power cut.
 */
export class RecoveringPglite {
  readonly #folder: string;
  readonly #start: () => Promise<Engine>;
  #engine: Engine | undefined;
  #starting: Promise<Engine> | undefined;
  #closed = false;

  private constructor(folder: string, start: () => Promise<Engine>, engine: Engine) {
    this.#folder = folder;
    this.#start = start;
    this.#engine = engine;
  }

  static async open(folder: string, fsync?: (descriptor: number) => void): Promise<RecoveringPglite> {
    const start = () => startEngine(folder, fsync);
    return new RecoveringPglite(folder, start, await start());
  }

  /** As Drizzle wants it. */
  get queries(): Queries {
    return { query: this.#query, transaction: this.#transaction } as Queries;
  }

  async close(): Promise<void> {
    this.#closed = true;
    const engine = this.#engine ?? (await this.#starting?.catch(() => undefined));
    await engine?.pglite.close();
  }

  #query: Query = async (statement, parameters, options) => {
    const engine = await this.#live();
    return this.#guarded(engine, engine.pglite.query.bind(engine.pglite))(statement, parameters, options);
  };

  /** When the engine died, PGlite's own rollback is kept waiting for ever, and the caller is told at once. */
  #transaction = async <T>(work: (transaction: Transaction) => Promise<T>): Promise<T> => {
    const engine = await this.#live();
    return new Promise<T>((resolve, reject) => {
      const watched = async (transaction: Transaction): Promise<T> => {
        const query = this.#guarded(engine, transaction.query.bind(transaction));
        try {
          return await work({ ...transaction, query } as Transaction);
        } catch (error) {
          if (this.#engine === engine) throw error;
          reject(error);
          return new Promise<never>(() => {});
        }
      };
      engine.pglite.transaction(watched).then(resolve, (error: unknown) => {
        this.#bury(engine, error);
        reject(error);
      });
    });
  };

  #guarded(engine: Engine, query: Query): Query {
    return async (statement, parameters, options) => {
      if (this.#engine !== engine)
        throw fail('storage.unavailable', { reason: 'the database is restarting' });
      if (!READS_ONLY.test(statement)) requireHeadroom(this.#folder);
      try {
        return await query(statement, parameters, options);
      } catch (error) {
        this.#bury(engine, error);
        throw error;
      }
    };
  }

  #bury(engine: Engine, error: unknown): void {
    if (!isDeath(error) || this.#engine !== engine) return;
    this.#engine = undefined;
    engine.abandon();
  }

  async #live(): Promise<Engine> {
    if (this.#closed) throw fail('storage.unavailable', { reason: 'the database is closed' });
    if (this.#engine) return this.#engine;
    this.#starting ??= this.#restart().finally(() => {
      this.#starting = undefined;
    });
    return this.#starting;
  }

  async #restart(): Promise<Engine> {
    if (!hasHeadroom(this.#folder)) throw fail('storage.full');
    try {
      this.#engine = await this.#start();
      return this.#engine;
    } catch (error) {
      throw translated(error);
    }
  }
}

/** PANIC and FATAL end PostgreSQL; an abort or a trap ends the WebAssembly module under it. */
function isDeath(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if ('severity' in error) return error.severity === 'PANIC' || error.severity === 'FATAL';
  return error.name === 'RuntimeError' || error.message.startsWith('Aborted(');
}
