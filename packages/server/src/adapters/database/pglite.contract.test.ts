import { describeDatabase } from '../../testing/contracts/database/suite.ts';
import { describeQueue } from '../../testing/contracts/queue/suite.ts';
import { pgliteUnderTest } from './pglite-under-test.ts';

describeDatabase('PGlite', pgliteUnderTest);
describeQueue('PGlite', pgliteUnderTest);
