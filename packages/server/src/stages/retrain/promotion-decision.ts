import type { Verdict } from '../validate/index.ts';

export type PromotionDecision = { promote: boolean; says: string };

/** A candidate that passed every gate takes over; otherwise the champion stays, with the reasons of the closed gates. */
export function promotionDecision({ passed, results, says }: Verdict): PromotionDecision {
  if (passed) {
    const champion = results.find((result) => result.id === 'champion');
    return { promote: true, says: `Promoted. ${champion?.says ?? says}` };
  }
  return { promote: false, says: `Not promoted. ${says}` };
}
