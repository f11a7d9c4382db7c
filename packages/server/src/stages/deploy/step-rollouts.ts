import { endAborted, ITSELF, promoteRollout } from './end-rollout.ts';
import type { DataPlaneStats } from './model.ts';
import { observe, type QualityWatch } from './observe-rollout.ts';
import type { EndpointMetadata, OpenRollout, RolloutEvent } from './ports.ts';
import { type Advanced, advanceRollout } from './rollout/advance-rollout.ts';
import type { RolloutState } from './rollout/rollout-state.ts';
import { type Parts, statsIfThere, takeOver } from './take-over.ts';
import { trafficOf } from './traffic.ts';

/**
 * Looks at every open rollout once and does what comes of it. What fails, the data plane being away for instance, is told
 * to `onError` and tried again at the next look.
 */
export async function stepRollouts(
  parts: Parts,
  quality: QualityWatch | undefined,
  onError: (error: unknown) => void,
): Promise<void> {
  const open = await parts.metadata.openRollouts();
  if (open.length === 0) return;
  const stats = await statsIfThere(parts.dataPlane);
  if (stats === undefined) return;
  for (const each of open) await stepOne(parts, each, stats, quality).catch(onError);
}

async function stepOne(
  parts: Parts,
  open: OpenRollout,
  stats: DataPlaneStats,
  quality: QualityWatch | undefined,
): Promise<void> {
  const seen = await observe(parts, open, stats, quality);
  const advanced = advanceRollout(open.rollout, seen, parts.now());
  await MOVES[advanced.move](parts, open, advanced);
}

type Move = (parts: Parts, open: OpenRollout, advanced: Advanced) => Promise<void>;

const MOVES: Record<Advanced['move'], Move> = {
  async stay({ metadata }, open, { rollout }) {
    const isToldOf = rollout.history.length > open.rollout.history.length;
    const event: RolloutEvent | undefined = isToldOf
      ? { what: rollout.state === 'holding' ? 'hold' : 'step', by: ITSELF }
      : undefined;
    if (isToldOf || hasMoved(open.rollout, rollout)) await metadata.keepRollout({ ...open, rollout }, event);
  },
  async step(parts, open, { rollout }) {
    const traffic = await trafficWith(parts.metadata, open.endpoint, rollout);
    await takeOver(parts, open.endpoint, { traffic, needed: rollout.version }, () =>
      parts.metadata.keepRollout({ ...open, rollout }, { what: 'step', by: ITSELF }),
    );
  },
  async promote(parts, open, { rollout }) {
    await promoteRollout(parts, { ...open, rollout }, rollout.by);
  },
  async abort(parts, open, { rollout }) {
    await endAborted(parts, { ...open, rollout }, ITSELF);
  },
};

function hasMoved(before: RolloutState, after: RolloutState): boolean {
  return (
    after.says !== before.says ||
    JSON.stringify([after.seen, after.quality]) !== JSON.stringify([before.seen, before.quality])
  );
}

async function trafficWith(metadata: EndpointMetadata, name: string, rollout: RolloutState) {
  const { model, pausedAt } = await metadata.get(name);
  const revision = (await metadata.current(name))!;
  return trafficOf({ model, isPaused: pausedAt !== null, revision, rollout });
}
