import { guarded, type OnError } from '../internal-errors.ts';
import {
  type Decision,
  decideWorkers,
  NO_MEMORY,
  type ScalingMemory,
  type ScalingRule,
  type ScalingTimes,
} from './decide-workers.ts';
import type { ScaledModel } from './scaled-model.ts';
import { type Budget, shareBudget, type Wish } from './share-budget.ts';

/** A model that is scaled, and by which rule. Names are given once each. */
export type Scaled = { name: string; model: ScaledModel; rule: ScalingRule };

/** Lets the workers of all models follow their load, within one budget. */
export interface Scaler {
  /** These models from now on; what is remembered of one that stays is kept. */
  follow(models: readonly Scaled[]): void;
  /** Looks at every model and gives it the workers that it may have. */
  look(now: number): void;
  /** Workers that the load of a model asks for and its rule keeps, whether or not there is room for them. */
  wanted(model: ScaledModel): number;
  stop(): void;
}

type Followed = Scaled & { memory: ScalingMemory; wanted: number };

export function scaler(
  budget: Budget,
  times: ScalingTimes,
  { everyMs, onError }: { everyMs: number; onError: OnError },
): Scaler {
  let followed = new Map<ScaledModel, Followed>();
  const timer = setInterval(() => guarded(() => look(performance.now()), onError), everyMs).unref();

  function look(now: number): void {
    const all = [...followed.values()];
    const granted = shareBudget(
      all.map((each) => wishOf(each, times, now)),
      budget,
    );
    for (const { name, model } of all) guarded(() => model.resize(granted.get(name)!), onError);
  }

  return {
    follow(models) {
      followed = new Map(
        models.map((each) => {
          const { memory = NO_MEMORY, wanted = Math.max(1, each.rule.min) } = followed.get(each.model) ?? {};
          return [each.model, { ...each, memory, wanted }];
        }),
      );
    },
    look,
    wanted: (model) => followed.get(model)?.wanted ?? 0,
    stop: () => clearInterval(timer),
  };
}

function wishOf(each: Followed, times: ScalingTimes, now: number): Wish {
  const { name, model, rule } = each;
  const seen = model.seen(now, times.stableMs);
  const decision: Decision = decideWorkers(rule, times, seen, { memory: each.memory, now });
  const { floor, forLoad } = decision;
  each.memory = decision.memory;
  each.wanted = Math.max(floor, forLoad);
  const isIdle = rule.min === 0 && forLoad === 0;
  const wish = { name, bytesEach: model.bytesEach(), idleForMs: isIdle ? seen.idleForMs : undefined };
  return model.isInline ? { ...wish, floor: each.wanted, forLoad: 0 } : { ...wish, floor, forLoad };
}
