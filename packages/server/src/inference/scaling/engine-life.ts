import { fail } from '@slipway/contract';
import type { Engine } from '../../stages/serve/index.ts';
import type { ScaledModel, WorkersState } from './scaled-model.ts';
import { type HoldLimits, wakeGate } from './wake-gate.ts';

export type EngineOptions = {
  /** Of the endpoint, for failures. */
  name: string;
  /** The engine, and the memory that it takes, about. */
  engine: Engine;
  bytes: number;
  /** Reads it again, as it was read first. */
  reload: () => Promise<Engine>;
} & HoldLimits;

/** An engine that is evaluated in this process: in memory, or gone from it until the next call. */
export interface EngineLife extends ScaledModel {
  /** While the model is gone it tells its columns and classes, and predicts nothing. */
  readonly engine: Engine;
  /**
   * Undefined while the engine is there; else resolves once it is back. Throws `predict.overloaded`, `endpoint.waking`,
   * `predict.too-late` and what reading it throws.
   */
  awake(deadlineAt?: number): Promise<void> | undefined;
  /** A call begins to use the engine; it stays until the call ended. */
  begin(): void;
  end(): void;
}

export function engineLife(options: EngineOptions): EngineLife {
  const { name, bytes } = options;
  let engine = options.engine;
  let isThere = true;
  let zeroSince: number | undefined;
  let calls = 0;
  let callsSeen = 0;
  let underWay = 0;
  let calledAt = performance.now();

  const gate = wakeGate(name, options, async () => {
    engine = await options.reload();
    isThere = true;
    zeroSince = undefined;
    calledAt = performance.now();
  });

  function isIdle(): boolean {
    return underWay === 0 && gate.state().held === 0;
  }

  return {
    isInline: true,
    get engine() {
      return engine;
    },
    awake: (deadlineAt) => (isThere ? undefined : gate.hold(deadlineAt)),
    begin() {
      calls++;
      underWay++;
    },
    end() {
      underWay--;
    },
    seen(now) {
      if (calls !== callsSeen || !isIdle()) calledAt = now;
      callsSeen = calls;
      const load = now === calledAt && calls > 0 ? 1 : 0;
      return { stable: load, panic: load, workers: Number(isThere), idleForMs: now - calledAt };
    },
    bytesEach: () => bytes,
    resize(workers) {
      if (workers > 0 || !isThere || !isIdle() || calls !== callsSeen) return;
      isThere = false;
      zeroSince = Date.now();
      engine = absent(engine, name);
    },
    state: (): WorkersState => ({
      ...gate.state(),
      workers: Number(isThere),
      busy: Math.min(underWay, Number(isThere)),
      bytes: isThere ? bytes : 0,
      zeroSince,
      deaths: 0,
      isResting: false,
    }),
  };
}

/** Keeps nothing of the engine but what it says about itself. */
function absent({ task, classes, classType, inputs, columns, ahead }: Engine, name: string): Engine {
  const refuse = (): never => {
    throw fail('endpoint.not-ready', { name });
  };
  const about = { task, classes, classType, inputs, columns };
  const told = { ...about, answerText: refuse, predict: refuse, explain: refuse };
  return ahead === undefined ? told : { ...told, ahead: refuse };
}
