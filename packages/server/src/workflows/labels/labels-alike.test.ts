import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../kernel/index.ts';
import type { NewLabel, ObjectStore, Stores } from '../../metadata/index.ts';
import { INGEST_LIMITS } from '../../stages/ingest/index.ts';
import { type LabelTarget, type RowValue, submitLabel } from '../../stages/label/index.ts';
import { labelQueue } from '../../testing/contracts/database/labelling.ts';
import { fakeLabellingStore } from '../../testing/labelling-store.fake.ts';
import { type TemporaryLake, temporaryLake } from '../../testing/temporary-lake.ts';
import type { JobPorts } from '../jobs/job-ports.ts';
import { readLabels } from '../jobs/labels-file-job.ts';
import { addLabels } from './add-labels.ts';
import { labelTarget } from './sort-labels.ts';

const NOW = Date.UTC(2026, 0, 31);

const TARGETS = {
  'classes of text': {
    type: 'string',
    classes: ['No', 'Yes'],
    reading: { as: 'string' },
    missingWords: ['NA'],
  },
  truth: { type: 'boolean', classes: ['false', 'true'], reading: { as: 'boolean' }, missingWords: ['NA'] },
  'codes 0 and 1': {
    type: 'number',
    classes: ['0', '1'],
    reading: { as: 'number', decimal: '.', thousands: '' },
    missingWords: ['NA'],
  },
  'numbers with decimal commas': {
    type: 'number',
    classes: [],
    reading: { as: 'number', decimal: ',', thousands: '.' },
    missingWords: ['NA', 'k.A.'],
  },
  'amounts in euros': {
    type: 'number',
    classes: [],
    reading: { as: 'number', decimal: ',', thousands: '.', unit: { before: '', after: '€' } },
    missingWords: [],
  },
  'a class that is a missing-value word': {
    type: 'string',
    classes: ['EU', 'NA'],
    reading: { as: 'string' },
    missingWords: ['NA'],
  },
} satisfies Record<string, LabelTarget>;

/** What becomes of a label: as it is kept, `missing`, or `refused`. */
type Fate = { kept: string } | 'missing' | 'refused';

function manifestOf(target: LabelTarget) {
  const { type, classes, reading, missingWords } = target;
  return { classes, target: 'y', missingWords, others: [{ name: 'y', type, reading }] };
}

let lake: TemporaryLake;
beforeAll(async () => {
  lake = await temporaryLake();
});
afterAll(() => lake.close());

/** The lake's object store, which can do more than ingest asks of it. */
const objectsOf = ({ ports }: TemporaryLake) => ports.objects as unknown as Pick<ObjectStore, 'put'>;

async function byApi(target: LabelTarget, values: readonly RowValue[]): Promise<Fate[]> {
  const read = labelTarget(manifestOf(target) as never);
  const put: NewLabel[] = [];
  const labels = {
    put: async (_: string, rows: readonly NewLabel[]) => {
      put.push(...rows);
      return { labelled: rows.length, replaced: 0 };
    },
  };
  const sent = [
    { id: 'good', value: goodOf(target) },
    ...values.map((value, i) => ({ id: `p_${i}`, value })),
  ];
  const ask = { endpoint: 'e', target: read, labels: sent, source: 'test', now: NOW };
  const told = await addLabels({ labels } as unknown as Stores, ask);
  return fatesOf(values, put, told);
}

function goodOf({ classes, reading }: LabelTarget): string {
  return classes[0] ?? (reading?.as === 'number' && reading.unit !== undefined ? '1 €' : '1');
}

async function byFile(
  target: LabelTarget,
  values: readonly RowValue[],
  form: 'csv' | 'ndjson',
  good: RowValue = goodOf(target),
): Promise<Fate[]> {
  const rows = [good, ...values].map((value, i) => ({
    id: i === 0 ? 'good' : `p_${i - 1}`,
    value,
  }));
  const text =
    form === 'csv'
      ? `id,value\n${rows.map(({ id, value }) => `${id},${csvField(value)}\n`).join('')}`
      : rows.map((row) => `${JSON.stringify(row)}\n`).join('');
  const { sha256 } = await objectsOf(lake).put(Buffer.from(text));
  const files = new Map([['slipway.json', Buffer.from(JSON.stringify(manifestOf(target)))]]);
  const bundles = { open: async () => ({ folder: '', files }) };
  const ports = { ...lake.ports, bundles, limits: INGEST_LIMITS, clock: systemClock } as unknown as JobPorts;
  const input = {
    file: { sha256, filename: `labels.${form}` },
    endpoint: 'e',
    target: 'y',
    bundleId: 'b',
    asOf: NOW,
  };
  return readLabels(input, ports, new AbortController().signal, async ({ parts, sorted }) => {
    const kept: NewLabel[] = [];
    for await (const part of parts) kept.push(...part);
    return fatesOf(values, kept, await sorted());
  });
}

function csvField(value: RowValue): string {
  return value === null ? '' : `"${String(value).replaceAll('"', '""')}"`;
}

function fatesOf(
  values: readonly RowValue[],
  kept: readonly NewLabel[],
  { refusals }: { refusals: readonly { id: string }[] },
): Fate[] {
  const byId = new Map(kept.map(({ predictionId, value }) => [predictionId, value]));
  const refused = new Set(refusals.map(({ id }) => id));
  return values.map((_, i) => {
    const value = byId.get(`p_${i}`);
    if (value !== undefined) return { kept: value };
    return refused.has(`p_${i}`) ? 'refused' : 'missing';
  });
}

/** A queue offers its choices alone, so what would be a new class elsewhere is refused there. */
async function byQueue(target: LabelTarget, value: RowValue): Promise<Fate> {
  const store = fakeLabellingStore();
  const { type, classes, reading, missingWords } = target;
  const queue = labelQueue('q', {
    type: type as 'string',
    choices: classes.length === 0 ? null : classes,
    reading: { reading, missingWords },
  });
  await store.open(queue, [{ id: 't', queueId: 'q', row: 0, values: {}, priority: 0 }]);
  await store.lease('q', 'ann', NOW, NOW + 1000);
  const held = { queueId: 'q', taskId: 't', person: 'ann', personName: 'ann' };
  try {
    await submitLabel({ ...held, value }, { store, clock: { now: () => NOW } });
  } catch {
    return 'refused';
  }
  return { kept: (await store.submissions('q'))[0]!.value! };
}

const kept = (value: string): Fate => ({ kept: value });

const TABLE: Record<keyof typeof TARGETS, [RowValue, Fate][]> = {
  'classes of text': [
    ['Yes', kept('Yes')],
    ['Yes ', kept('Yes')],
    ['yes', kept('Yes')],
    ['1', kept('1')],
    ['NA', 'missing'],
    ['', 'missing'],
    ['Perhaps', kept('Perhaps')],
  ],
  truth: [
    [true, kept('true')],
    ['True', kept('true')],
    [' true ', kept('true')],
    [1, kept('true')],
    ['1', kept('true')],
    ['1.0', kept('true')],
    ['0', kept('false')],
    ['FALSE', kept('false')],
    ['Yes ', 'refused'],
    ['2', 'refused'],
    ['NA', 'missing'],
  ],
  'codes 0 and 1': [
    [1, kept('1')],
    ['1', kept('1')],
    ['1.0', kept('1')],
    [true, kept('1')],
    ['true', kept('1')],
    ['True', kept('1')],
    [false, kept('0')],
    ['Yes ', 'refused'],
    ['2', kept('2')],
    ['NA', 'missing'],
  ],
  'numbers with decimal commas': [
    [1.5, kept('1.5')],
    ['1,5', kept('1.5')],
    ['1.234', kept('1234')],
    ['1.234,50', kept('1234.5')],
    [1234, kept('1234')],
    ['true', 'refused'],
    [true, 'refused'],
    ['Yes ', 'refused'],
    ['k.A.', 'missing'],
  ],
  'amounts in euros': [
    ['1,50 €', kept('1.5')],
    [1.5, kept('1.5')],
    ['1,50 $', 'refused'],
  ],
  'a class that is a missing-value word': [
    ['NA', kept('NA')],
    [' na', kept('NA')],
    ['', 'missing'],
    ['AS', kept('AS')],
  ],
};

describe.each(Object.entries(TABLE))('labels of %s', (name, rows) => {
  const target: LabelTarget = TARGETS[name as keyof typeof TARGETS];
  const values = rows.map(([value]) => value);
  const fates = rows.map(([, fate]) => fate);

  it('are the same by API and by files of text and of JSON', async () => {
    expect(await byApi(target, values)).toEqual(fates);
    for (const [type, good] of [
      ['number', 1],
      ['boolean', true],
      ['string', goodOf(target)],
    ] as const) {
      const own = rows.filter(([value]) => typeof value === type);
      const given = own.map(([value]) => value);
      if (type === 'boolean' && (target.classes.length === 0 || own.length === 0)) continue;
      expect(await byFile(target, given, 'ndjson', good)).toEqual(own.map(([, fate]) => fate));
    }
    const texts = values.map((value) => typeof value !== 'number');
    const asText = values.filter((_, i) => texts[i]);
    expect(await byFile(target, asText, 'csv')).toEqual(fates.filter((_, i) => texts[i]));
    // The command line sends text.
    expect(await byApi(target, asText.map(String))).toEqual(fates.filter((_, i) => texts[i]));
  });

  it('are the same in a labelling queue, of its choices', async () => {
    for (const [value, fate] of rows) {
      const own = target.classes.length > 0 ? target.classes : undefined;
      const isOffered = typeof fate === 'object' && (own === undefined || own.includes(fate.kept));
      expect(await byQueue(target, value)).toEqual(isOffered ? fate : 'refused');
    }
  });
});

it('any text is read alike by API and by file, for any target', async () => {
  const text = fc.oneof(
    fc.string({ maxLength: 6 }).filter((one) => !/[\0\r\n\uFEFF]/.test(one)),
    fc.constantFrom(
      '1',
      '1.0',
      'true',
      'True',
      'Yes ',
      'NA',
      '1.234',
      '1,5',
      '-0',
      '1e3',
      '٣',
      ' ',
      '+',
      '0x10',
    ),
    fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
  );
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...Object.values(TARGETS)),
      fc.array(text, { minLength: 1, maxLength: 40 }),
      async (target, values) => {
        const fates = await byApi(target, values);
        expect(await byFile(target, values, 'csv')).toEqual(fates);
      },
    ),
    { numRuns: 15 },
  );
}, 120_000);

describe('labels', () => {
  const add = async (
    labels: { id: string; value: RowValue; observedAt?: string }[],
    target = TARGETS.truth,
  ) => {
    const put: NewLabel[] = [];
    const stores = {
      labels: {
        put: async (_: string, rows: readonly NewLabel[]) => {
          put.push(...rows);
          return { labelled: new Set(rows.map((one) => one.predictionId)).size, replaced: 0 };
        },
      },
    } as unknown as Stores;
    return { told: await addLabels(stores, { endpoint: 'e', target, labels, source: 'api', now: NOW }), put };
  };
  const text = (id: string, value: RowValue) => ({ id, value });

  it('that cannot be taken are listed with their path and reason, and hold back no others', async () => {
    const { told, put } = await add([text('a', true), text('b', 'maybe'), text('c', null), text('a', false)]);
    expect(put.map(({ predictionId, value }) => [predictionId, value])).toEqual([
      ['a', 'true'],
      ['a', 'false'],
    ]);
    expect(told).toMatchObject({ accepted: 1, repeated: 1, missing: 1, refused: 1 });
    expect(told.refusals).toEqual([
      {
        index: 1,
        line: null,
        id: 'b',
        path: 'labels[1].value',
        value: 'maybe',
        reason: 'The target takes true or false (1 and 0 are taken too).',
      },
    ]);
    expect(told.warnings).toMatchObject([{ code: 'labels-refused', severity: 'warning', count: 1 }]);
  });

  it('none of which can be taken are refused as a whole, with the first reason', async () => {
    await expect(add([text('a', 'maybe')])).rejects.toMatchObject({
      code: 'labels.all-refused',
      path: 'labels[0].value',
      message: expect.stringContaining('None of the 1 labels was taken. labels[0].value "maybe"'),
    });
    await expect(add([text('a', null)])).rejects.toMatchObject({ code: 'labels.all-refused' });
  });

  it('of the future are refused beyond five minutes; old ones are taken', async () => {
    const at = (offsetMs: number) => new Date(NOW + offsetMs).toISOString();
    const { told, put } = await add([
      { id: 'now', value: true, observedAt: at(299_000) },
      { id: 'later', value: true, observedAt: at(301_000) },
      { id: 'far', value: true, observedAt: '2031-01-01T00:00:00Z' },
      { id: 'old', value: true, observedAt: '2001-01-01' },
      { id: 'zoned', value: true, observedAt: '2026-01-01T01:00:00+01:00' },
      { id: 'odd', value: true, observedAt: 'yesterday' },
    ]);
    expect(put.map(({ predictionId, observedAt }) => [predictionId, observedAt])).toEqual([
      ['now', at(299_000)],
      ['old', '2001-01-01T00:00:00.000Z'],
      ['zoned', '2026-01-01T00:00:00.000Z'],
    ]);
    expect(told.refusals.map(({ path }) => path)).toEqual([
      'labels[1].observedAt',
      'labels[2].observedAt',
      'labels[5].observedAt',
    ]);
    expect(told.refusals[0]!.reason).toContain('lies in the future: the clock of the server says 2026-01-31');
  });

  it('of classes that the model does not know are kept and named with their share', async () => {
    const labels = Array.from({ length: 300 }, (_, i) => text(`p_${i}`, i < 94 ? 'warranty' : 'Yes'));
    const { told, put } = await add(labels, TARGETS['classes of text'] as never);
    expect(put).toHaveLength(300);
    expect(told.unknownClasses).toEqual([{ value: 'warranty', count: 94 }]);
    expect(told.warnings[0]!.message).toContain(
      '94 labels (31 %) are of a class that the model does not know: warranty.',
    );
  });

  it('that differ from a class in case alone are told', async () => {
    const { told } = await add([text('a', 'YES'), text('b', 'Yes ')], TARGETS['classes of text'] as never);
    expect(told.warnings).toMatchObject([{ code: 'labels-respelled', count: 1 }]);
    expect(told.warnings[0]!.message).toContain('YES as Yes');
  });

  it('of a file of JSON that mixes numbers and text are refused where they may mean either', async () => {
    const target = TARGETS['numbers with decimal commas'];
    expect(await byFile(target, ['1,5', 1.234, 2.5, 7], 'ndjson')).toEqual([
      { kept: '1.5' },
      'refused',
      'refused',
      { kept: '7' },
    ]);
  });

  it('of a file are refused with their line', async () => {
    const { sha256 } = await objectsOf(lake).put(
      Buffer.from(
        'id,value,observed_at\nsame,true,2026-01-01T00:00:00Z\nb,maybe,\nc,true,2031-01-01T00:00:00Z\n',
      ),
    );
    const files = new Map([['slipway.json', Buffer.from(JSON.stringify(manifestOf(TARGETS.truth)))]]);
    const bundles = { open: async () => ({ folder: '', files }) };
    const ports = {
      ...lake.ports,
      bundles,
      limits: INGEST_LIMITS,
      clock: systemClock,
    } as unknown as JobPorts;
    const file = { sha256, filename: 'labels.csv' };
    const input = { file, endpoint: 'e', target: 'y', bundleId: 'b', asOf: NOW };
    const told = await readLabels(input, ports, new AbortController().signal, async ({ parts, sorted }) => {
      const kept = [];
      for await (const part of parts) kept.push(...part);
      return { kept, ...(await sorted()) };
    });
    expect(told.kept).toEqual([
      { predictionId: 'same', value: 'true', observedAt: '2026-01-01T00:00:00.000Z', source: 'file' },
    ]);
    expect(told.refusals).toMatchObject([
      { line: 3, path: 'value', value: 'maybe' },
      { line: 4, path: 'observed_at' },
    ]);
  });
});
