import type { ParserTarget } from '../target.ts';
import { fileTargets } from './files.ts';
import { ingestTargets } from './ingest.ts';
import { jsonTargets } from './json.ts';
import { modelTargets } from './models.ts';
import { requestTargets } from './requests.ts';
import { wireTargets } from './wire.ts';
import { wordTargets } from './words.ts';

/** Every parser of what others send or write. */
export const PARSER_TARGETS: readonly ParserTarget[] = [
  ...jsonTargets,
  ...requestTargets,
  ...wireTargets,
  ...ingestTargets,
  ...modelTargets,
  ...wordTargets,
  ...fileTargets,
];
