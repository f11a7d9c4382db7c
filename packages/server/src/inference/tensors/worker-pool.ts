import type { ModelProcess } from '../../stages/pack/index.ts';
import { Circuit } from './circuit.ts';

export type WorkerPoolOptions = {
  /** Starts a process that holds the model. */
  start: () => Promise<ModelProcess>;
  /** One has nothing to do. */
  onIdle: () => void;
  /** None is there and none will be for a moment: the model died too often. */
  onRest: () => void;
};

/** The processes of one model: as many as they shall be, started again when they die, resting when they die too often. */
export class WorkerPool {
  readonly #options: WorkerPoolOptions;
  readonly #circuit = new Circuit();
  readonly #all = new Set<ModelProcess>();
  readonly #idle: ModelProcess[] = [];
  #wanted = 0;
  #starting = 0;
  #deaths = 0;
  #zeroSince: number | undefined;
  #isWaking = false;
  #isClosing = false;
  #isClosed = false;

  constructor(options: WorkerPoolOptions) {
    this.#options = options;
  }

  /** Those that are there. */
  get size(): number {
    return this.#all.size;
  }

  /** Those that are there, or on their way. */
  get coming(): number {
    return this.#all.size + this.#starting;
  }

  get idle(): number {
    return this.#idle.length;
  }

  get deaths(): number {
    return this.#deaths;
  }

  /** Whether it has none on purpose, or is only being brought back. */
  get isAsleep(): boolean {
    return this.#wanted === 0 || this.#isWaking;
  }

  /** Epoch milliseconds since when it has none, on purpose. */
  get zeroSince(): number | undefined {
    return this.#zeroSince;
  }

  /** Milliseconds for which it still rests, having none; 0 when it does not. */
  restsFor(now: number): number {
    return this.#all.size > 0 ? 0 : this.#circuit.restsFor(now);
  }

  get recentDeaths(): number {
    return this.#circuit.recentDeaths;
  }

  /** Memory of all, where the system tells. */
  residentBytes(): number | undefined {
    const each = [...this.#all].map((process) => process.residentBytes());
    return each.some((bytes) => bytes === undefined) ? undefined : each.reduce((a, b) => a! + b!, 0);
  }

  /** The first process. Throws as its start does; then the crew is asleep. */
  async open(): Promise<void> {
    this.#want(1);
    try {
      await this.#launch();
    } catch (failure) {
      this.#want(0);
      throw failure;
    }
  }

  /** As `open`, of a crew that slept; a failure counts as a death. */
  async wake(): Promise<void> {
    this.#isWaking = true;
    try {
      await this.open();
    } catch (failure) {
      this.#deaths++;
      this.#circuit.died(performance.now());
      throw failure;
    } finally {
      this.#isWaking = false;
    }
  }

  /** Brings up what is missing; of those that are too many the idle ones go, and the others once they are. */
  resize(wanted: number): void {
    if (this.#isClosing) return;
    this.#want(wanted);
    while (this.#all.size > wanted && this.#idle.length > 0) this.#dismiss(this.#idle.pop()!);
    if (this.#circuit.restsFor(performance.now()) > 0) return;
    // Those that are there go on when another does not come.
    while (this.coming < wanted) this.#launch().catch(() => this.#died());
  }

  #want(wanted: number): void {
    this.#wanted = wanted;
    if (wanted > 0) this.#zeroSince = undefined;
    else this.#zeroSince ??= Date.now();
  }

  takeIdle(): ModelProcess | undefined {
    return this.#idle.shift();
  }

  release(process: ModelProcess): void {
    if (!this.#all.has(process)) return;
    if (this.#all.size > this.#wanted && !this.#isClosing) {
      this.#dismiss(process);
      return;
    }
    this.#idle.push(process);
    this.#options.onIdle();
  }

  /** It is gone. Told by whoever notices first. */
  lost(process: ModelProcess): void {
    if (!this.#all.delete(process)) return;
    const at = this.#idle.indexOf(process);
    if (at >= 0) this.#idle.splice(at, 1);
    if (this.#isClosed) return;
    this.#died();
  }

  /** From now on none is started again. */
  closing(): void {
    this.#isClosing = true;
  }

  async close(): Promise<void> {
    this.#isClosing = true;
    this.#isClosed = true;
    for (const process of this.#all) process.kill();
    await Promise.all([...this.#all].map((process) => process.ended));
    this.#all.clear();
    this.#idle.length = 0;
  }

  async #launch(): Promise<void> {
    this.#starting++;
    let process: ModelProcess;
    try {
      process = await this.#options.start();
    } finally {
      this.#starting--;
    }
    if (this.#isClosed || this.#all.size >= this.#wanted) {
      process.kill();
      return;
    }
    this.#all.add(process);
    void process.ended.then(() => this.lost(process));
    this.release(process);
  }

  #dismiss(process: ModelProcess): void {
    this.#all.delete(process);
    process.kill();
  }

  /** The next one comes at once, or after a rest if the circuit is open; whoever waits then is told rather than kept. */
  #died(): void {
    this.#deaths++;
    const restMs = this.#circuit.died(performance.now());
    if (this.#isClosing) {
      this.#options.onIdle();
      return;
    }
    if (restMs > 0 && this.#all.size === 0) this.#options.onRest();
    const begin = () => {
      if (this.#isClosing || this.coming >= this.#wanted) return;
      this.#launch().catch(() => this.#died());
    };
    if (restMs === 0) begin();
    else setTimeout(begin, restMs).unref();
  }
}
