import { PGlite } from '@electric-sql/pglite';

type Stream = PGlite['execProtocolStream'];

/**
 * PGlite that knows when it is dead. After a panic (its log could not be written) PostgreSQL never answers again, not
 * even to PGlite's own rollback, and the process would hang; so from then on every call fails with the panic.
 */
export class MortalPglite extends PGlite {
  #death: unknown;

  get isDead(): boolean {
    return this.#death !== undefined;
  }

  override async execProtocolStream(...[message, options]: Parameters<Stream>): ReturnType<Stream> {
    if (this.#death) throw this.#death;
    try {
      return await super.execProtocolStream(message, options);
    } catch (error) {
      if (isDeath(error)) this.#death = error;
      throw error;
    }
  }
}

/** PANIC and FATAL end PostgreSQL; an abort or a trap ends the WebAssembly module under it. */
function isDeath(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if ('severity' in error) return error.severity === 'PANIC' || error.severity === 'FATAL';
  return error.name === 'RuntimeError' || error.message.startsWith('Aborted(');
}
