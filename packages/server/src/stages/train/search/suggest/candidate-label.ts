import { LEARNERS } from '../../learners/index.ts';
import type { Candidate } from './candidate.ts';

/** How people know the candidate. */
export function candidateLabel({ learner, made, params }: Candidate): string {
  const label = LEARNERS[learner].label;
  const seen = params.text === false ? `${label} without texts` : label;
  return made === undefined ? seen : `${seen} with made features`;
}
