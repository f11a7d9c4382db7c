import { LEARNERS } from '../learners/index.ts';
import type { Candidate } from './candidate.ts';

/** How people know the candidate. */
export function candidateLabel({ learner, made }: Candidate): string {
  return made === undefined ? LEARNERS[learner].label : `${LEARNERS[learner].label} with made features`;
}
