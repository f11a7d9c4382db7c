import type { Clock } from '../../kernel/index.ts';
import type { TrialProgress } from '../model.ts';

const NEWS_EVERY_MS = 500;

/** Hands on news of trials: each end, and of what runs only as often as somebody could look. */
export function trialProgress(
  tell: (news: TrialProgress) => void,
  clock: Clock,
): (news: TrialProgress) => void {
  let last = Number.NEGATIVE_INFINITY;
  return (news) => {
    if (news.trial.state === 'running' && clock.monotonic() - last < NEWS_EVERY_MS) return;
    last = clock.monotonic();
    tell(news);
  };
}
