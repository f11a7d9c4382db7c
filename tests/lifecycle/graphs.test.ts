import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Endpoint, NodeAnswer, Rollout } from '@slipway/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cleanUp, eventually, newFolder, PENGUINS, type Platform, startPlatform } from './slipway.ts';

const MINUTE = 60_000;
const MASS = 'Body Mass (g)';

type Row = Record<string, unknown>;
type Prediction = {
  id: string;
  value: string | number;
  probabilities?: Record<string, number>;
  nodes?: NodeAnswer[];
};
type Reply = {
  status: number;
  body: {
    code?: string;
    detail?: string;
    path?: string;
    model: { name: string; version: number };
    predictions: Prediction[];
  };
};

/** Weights of the two members of the mean. */
const WEIGHTS = { trees: 2, linear: 1 };

const speciesGraph = (weights = WEIGHTS) => ({
  name: 'species',
  switch: {
    cases: [
      {
        name: 'unweighed',
        when: { column: MASS, missing: true },
        sequence: [
          { name: 'mass', model: 'body-mass@1', outputs: { estimated_mass: 'value' } },
          { name: 'by-estimate', model: 'species-trees@1', columns: { [MASS]: 'estimated_mass' } },
        ],
      },
      {
        name: 'islanders',
        when: {
          all: [
            { column: 'Island', in: ['Biscoe', 'Torgersen'] },
            { column: MASS, range: { below: 3300 } },
          ],
        },
        ensemble: {
          method: 'vote',
          members: [
            { name: 'vote-trees', model: 'species-trees@1' },
            { name: 'vote-linear', model: 'species-linear@1', weight: 0.5 },
          ],
        },
      },
    ],
    default: {
      name: 'both',
      ensemble: {
        method: 'mean',
        members: [
          { name: 'trees', model: 'species-trees@champion', weight: weights.trees },
          { name: 'linear', model: 'species-linear@1', weight: weights.linear },
        ],
      },
    },
  },
});

describe('an inference graph over trained models', () => {
  let platform: Platform;
  let rows: Row[];
  const secrets = new Map<string, string>();

  beforeAll(async () => {
    platform = await startPlatform();
    const train = (name: string, target: string, more: string[]) =>
      platform.answer([
        'train',
        PENGUINS,
        '--target',
        target,
        '--name',
        name,
        '--budget',
        '10s',
        '--server',
        platform.url,
        ...more,
      ]);
    await train('species-trees', 'Species', ['--learner', 'boosted-trees', '--params', 'rounds=20,leaves=7']);
    await train('species-linear', 'Species', ['--learner', 'linear']);
    await train('body-mass', MASS, ['--learner', 'linear', '--exclude', 'Species']);
    for (const name of ['species-trees', 'species-linear', 'body-mass'])
      await platform.answer(['deploy', name]);
    const table = JSON.parse(await readFile(PENGUINS, 'utf8')) as Row[];
    rows = table.map(({ Species: _, ...row }, i) => (i % 5 === 0 ? { ...row, [MASS]: null } : row));
  }, 6 * MINUTE);
  afterAll(cleanUp);

  async function declare(name: string, spec: object) {
    const path = join(await newFolder(), '..', `${name}.yaml`);
    await writeFile(path, JSON.stringify(spec)); // which is YAML too
    return platform.answer<{ revision: number; changed: boolean; notes: string[]; rollout: Rollout | null }>([
      'endpoints',
      'set',
      name,
      '--file',
      path,
    ]);
  }

  async function ask(endpoint: string, sent: readonly Row[], query = ''): Promise<Reply> {
    const token =
      secrets.get(endpoint) ??
      (await platform.answer<{ secret: string }>(['endpoints', 'token', endpoint])).secret;
    secrets.set(endpoint, token);
    const response = await fetch(`${platform.inferenceUrl}/endpoints/${endpoint}/predict${query}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ rows: sent }),
    });
    return { status: response.status, body: (await response.json()) as Reply['body'] };
  }

  const predict = async (endpoint: string, sent: readonly Row[]) =>
    (await ask(endpoint, sent)).body.predictions;

  /** What the graph must answer, out of what the members' own endpoints answer. */
  async function byHand(
    weights = WEIGHTS,
  ): Promise<{ value: string; probabilities: Record<string, number> }[]> {
    const [trees, linear] = [await predict('species-trees', rows), await predict('species-linear', rows)];
    const masses = await predict(
      'body-mass',
      rows.map(({ [MASS]: _, ...row }) => row),
    );
    const filled = rows.map((row, i) => ({ ...row, [MASS]: masses[i]!.value }));
    const estimated = await predict('species-trees', filled);
    const classes = Object.keys(trees[0]!.probabilities!);
    return rows.map((row, i) => {
      if (row[MASS] === null) return estimated[i] as { value: string; probabilities: Record<string, number> };
      const isVoted = ['Biscoe', 'Torgersen'].includes(String(row.Island)) && Number(row[MASS]) < 3300;
      const share = (name: string) =>
        isVoted
          ? (Number(trees[i]!.value === name) + 0.5 * Number(linear[i]!.value === name)) / 1.5
          : (weights.trees * trees[i]!.probabilities![name]! +
              weights.linear * linear[i]!.probabilities![name]!) /
            (weights.trees + weights.linear);
      const probabilities = Object.fromEntries(classes.map((name) => [name, share(name)]));
      const value = classes.reduce((best, name) =>
        probabilities[name]! > probabilities[best]! ? name : best,
      );
      return { value, probabilities };
    });
  }

  function agree(found: readonly Prediction[], expected: Awaited<ReturnType<typeof byHand>>): void {
    expect(found.map(({ value }) => value)).toEqual(expected.map(({ value }) => value));
    for (const [i, { probabilities }] of found.entries())
      for (const [name, share] of Object.entries(expected[i]!.probabilities))
        expect(probabilities![name]).toBeCloseTo(share, 9);
  }

  it(
    'answers as its members’ own endpoints do, put together by hand, over REST, KServe V1, MLflow and V2',
    async () => {
      const done = await declare('species', { graph: speciesGraph() });
      expect(done).toMatchObject({ revision: 1, changed: true, rollout: null });
      expect(done.notes).toEqual([
        'Node species/both/trees is pinned to species-trees@1, which is species-trees@champion now.',
      ]);
      const expected = await byHand();
      const { body } = await ask('species', rows);
      expect(body.model).toEqual({ name: 'species', version: 1 });
      agree(body.predictions, expected);
      for (const i of [0, 1, 30]) agree((await ask('species', [rows[i]!])).body.predictions, [expected[i]!]);

      const headers = {
        authorization: `Bearer ${secrets.get('species')}`,
        'content-type': 'application/json',
      };
      const post = async (path: string, sent: object) =>
        (await (
          await fetch(`${platform.inferenceUrl}${path}`, {
            method: 'POST',
            headers,
            body: JSON.stringify(sent),
          })
        ).json()) as Record<string, unknown>;
      const v1 = await post('/v1/models/species:predict', { instances: rows });
      agree(v1.predictions as Prediction[], expected);
      const mlflow = await post('/endpoints/species/invocations', { dataframe_records: rows });
      expect((mlflow.predictions as { value: string }[]).map(({ value }) => value)).toEqual(
        expected.map(({ value }) => value),
      );
      const weighed = rows.filter((row) => Object.values(row).every((value) => value !== null)).slice(0, 3);
      const inputs = Object.keys(weighed[0]!).map((name) => ({
        name,
        shape: [weighed.length],
        datatype: typeof weighed[0]![name] === 'number' ? 'FP64' : 'BYTES',
        data: weighed.map((row) => row[name]),
      }));
      const v2 = (await post('/v2/models/species/infer', { inputs })) as {
        outputs: { name: string; data: unknown[] }[];
      };
      const values = (await predict('species', weighed)).map(({ value }) => value);
      expect(v2.outputs.find(({ name }) => name === 'value')!.data).toEqual(values);
    },
    2 * MINUTE,
  );

  it('shows what each node answered, where that is asked', async () => {
    const [unweighed, other] = [rows[0]!, rows[1]!];
    const { body } = await ask('species', [unweighed, other], '?nodes=true');
    expect(body.predictions.map(({ nodes }) => nodes!.map(({ node }) => node))).toEqual([
      ['species/unweighed/mass', 'species/unweighed/by-estimate', 'species/unweighed', 'species'],
      ['species/both/trees', 'species/both/linear', 'species/both', 'species'],
    ]);
    const [mass] = await predict('body-mass', [{ ...unweighed, [MASS]: undefined }]);
    expect(body.predictions[0]!.nodes![0]).toMatchObject({ model: 'body-mass@1', value: mass!.value });
    expect((await ask('body-mass', [{ ...unweighed, [MASS]: undefined }], '?nodes=true')).body.code).toBe(
      'graph.not-asked',
    );
    expect((await ask('species', [unweighed], '?explain=true')).body.code).toBe('graph.no-explanation');
  });

  it('names the node and the row of what it cannot answer', async () => {
    const { status, body } = await ask('species', [rows[1]!, { 'Beak Length (mm)': 40 }]);
    expect(status).toBe(422);
    expect(body).toMatchObject({
      code: 'graph.missing-column',
      path: 'rows[1].Island',
      details: { node: 'species/unweighed/mass', model: 'body-mass@1' },
    });
    const huge = await ask('species', [{ ...rows[0]!, 'Beak Length (mm)': 1e300 }]);
    expect(huge.status).toBe(422);
    expect(huge.body).toMatchObject({
      code: 'graph.node-failed',
      path: 'rows[0]["Beak Length (mm)"]',
      details: { node: 'species/unweighed/mass' },
    });
  });

  it('shows its structure, and a spec that declares it again', async () => {
    const { stdout } = await platform.run(['endpoints', 'show', 'species']);
    expect(stdout).toContain('otherwise: both · ensemble, mean of 2 members');
    expect(stdout).toContain('by-estimate · model species-trees@1 (Body Mass (g) from estimated_mass)');
    const endpoint = await platform.answer<Endpoint>(['endpoints', 'show', 'species']);
    expect(endpoint).toMatchObject({ model: 'species', version: 1, task: 'multiclass', target: 'Species' });
    expect(endpoint.graph!.members.map(({ path, version, alias }) => [path, version, alias])).toContainEqual([
      'species/both/trees',
      1,
      'champion',
    ]);
    expect((await ask('species', endpoint.example.rows as Row[])).status).toBe(200);
    const spec = await platform.answer<object>(['endpoints', 'show', 'species', '--spec']);
    expect(spec).toHaveProperty('graph.switch.default.ensemble.members[0].model', 'species-trees@1');
    expect(await declare('species', spec)).toMatchObject({ revision: 1, changed: false });
    expect(await declare('species', { graph: speciesGraph() })).toMatchObject({
      revision: 1,
      changed: false,
    });
  });

  it(
    'is logged with the versions that took part, counted by node, and monitored by its columns',
    async () => {
      const metrics = await (await fetch(`${platform.inferenceUrl}/metrics`)).text();
      const counted =
        /^slipway_inference_graph_node_predictions_total\{endpoint="species",version="1",node="species\/both\/trees",kind="model",model="species-trees@1"\} (\d+)$/m.exec(
          metrics,
        );
      expect(Number(counted?.[1])).toBeGreaterThan(200);
      const report = await platform.answer<{
        report: { says: string; columns: unknown[]; scores: unknown[] };
      }>(['monitor', 'species']);
      expect(JSON.stringify(report)).toContain('has no reference from held-out rows');
      const log = await platform.client.call['endpoints.get']({ params: { name: 'species' } });
      expect(log.predictions).toBeGreaterThan(0);
      for (const words of [
        ['optimize', 'species'],
        ['endpoints', 'policy', 'species', '--retrain', 'auto'],
      ])
        expect((await platform.run(words)).code).not.toBe(0);
    },
    MINUTE,
  );

  it(
    'predicts a whole table beside the endpoint as the endpoint does',
    async () => {
      const folder = join(await newFolder(), '..');
      const file = join(folder, 'rows.json');
      await writeFile(file, JSON.stringify(rows));
      const out = join(folder, 'answers.csv');
      await platform.answer(['batch', 'predict', 'species', file, '--out', out]);
      const [head, ...lines] = (await readFile(out, 'utf8')).trim().split('\n');
      const place = head!.split(',').indexOf('prediction');
      const expected = await predict('species', rows);
      expect(lines.map((line) => line.split(',')[place])).toEqual(expected.map(({ value }) => value));
    },
    MINUTE,
  );

  it(
    'is rolled out, rolled back and split as versions of a model are, and outlives a restart',
    async () => {
      const weights = { trees: 1, linear: 9 };
      const rollout = { strategy: 'canary', steps: [50, 100], bakeSeconds: 600 };
      const canary = await declare('species', { graph: speciesGraph(weights), rollout });
      expect(canary.rollout).toMatchObject({ state: 'running', version: 2 });
      const answeredBy = await eventually('answers of both versions', async () => {
        const versions = new Set<number>();
        for (let i = 0; i < 40; i++) versions.add((await ask('species', [rows[1]!])).body.model.version);
        return versions.size === 2 ? versions : undefined;
      });
      expect([...answeredBy].sort()).toEqual([1, 2]);
      expect((await platform.run(['promote', 'species'])).code).toBe(0);
      const after = await ask('species', rows);
      expect(after.body.model.version).toBe(2);
      agree(after.body.predictions, await byHand(weights));
      expect((await platform.run(['rollback', 'species'])).code).toBe(0);
      const before = await ask('species', rows);
      expect(before.body.model.version).toBe(1);
      agree(before.body.predictions, await byHand());
      expect((await declare('species', { versions: { 'species@1': 1, 'species@2': 1 } })).changed).toBe(true);
      const { folder } = platform;
      expect(await platform.stop()).toBe(0);
      platform = await startPlatform({ folder });
      const again = await ask('species', [rows[1]!]);
      expect(again.status).toBe(200);
      expect([1, 2]).toContain(again.body.model.version);
    },
    3 * MINUTE,
  );

  it(
    'that does not fit its models is refused with the path of the field, and changes nothing',
    async () => {
      const graph = speciesGraph();
      graph.switch.default.ensemble.members[1]!.model = 'body-mass@1';
      const refuse = (name: string, spec: object) =>
        declare(name, spec).then(
          () => 'accepted',
          (error: Error) => error.message,
        );
      expect(await refuse('species', { graph })).toMatch(
        /answers one of several classes and node .* a number.*graph\.switch\.default\.ensemble\.members\[1\]/s,
      );
      graph.switch.default.ensemble.members[1]!.model = 'species-linear@7';
      expect(await refuse('species', { graph })).toMatch(/there is no species-linear@7/);
      expect(await refuse('species-trees', { graph: speciesGraph() })).toMatch(/model\.exists/);
      expect(await refuse('new', { graph: { name: 'new', model: 'species@1' } })).toMatch(
        /is a graph itself/,
      );
      const endpoint = await platform.answer<Endpoint>(['endpoints', 'show', 'species']);
      expect(endpoint.traffic).toHaveLength(2);
    },
    MINUTE,
  );
});
