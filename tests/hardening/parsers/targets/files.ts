import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { serialize } from 'node:v8';
import { readServerFile } from '../../../../packages/cli/src/connect.ts';
import { auditAnchorFile } from '../../../../packages/server/src/adapters/data-folder/audit-anchor-file.ts';
import {
  MARKER,
  readMarker,
} from '../../../../packages/server/src/adapters/data-folder/data-folder-marker.ts';
import { hasLockFile } from '../../../../packages/server/src/adapters/data-folder/folder-lock.ts';
import { frameReader } from '../../../../packages/server/src/adapters/onnx/process/frame-reader.ts';
import { frameHead } from '../../../../packages/server/src/adapters/onnx/process/frames.ts';
import { callLogReader } from '../../../../packages/server/src/adapters/prediction-log/call-log.ts';
import { openTrialJournal } from '../../../../packages/server/src/adapters/trial-journal/trial-journal.ts';
import { decodeCounts } from '../../../../packages/server/src/inference/kept-counts.ts';
import { readFlags } from '../../../../packages/server/src/inference/read-flags.ts';
import { readTokenFile } from '../../../../packages/server/src/inference/token-file.ts';
import { loadConfig } from '../../../../packages/server/src/main/config.ts';
import { readRecordLine } from '../../../../packages/server/src/stages/serve/index.ts';
import { hold, type ParserTarget, taken, takenLater } from '../target.ts';

const folder = mkdtempSync(join(tmpdir(), 'slipway-parsers-'));
process.once('exit', () => rmSync(folder, { recursive: true, force: true }));

function placed(name: string, input: Buffer): string {
  const path = join(folder, name);
  writeFileSync(path, input, { mode: 0o600 });
  return path;
}

const YAML_WORDS = [
  '&a ',
  '*a',
  '!!',
  '? ',
  '- ',
  ': ',
  '|',
  '>',
  '<<: ',
  '{',
  '[',
  '#',
  '\t',
  '---\n',
  '__proto__: ',
  '~',
];

function checkConfig(input: Buffer): void {
  placed('slipway.yaml', input);
  taken(() => loadConfig({ environment: {}, flags: [], folder }));
}

/** Lines are flags, and variables of the environment. */
function checkFlags(input: Buffer): void {
  const lines = input.toString('utf8').split('\n').slice(0, 50);
  const pairs = lines.map((line) => [line.split('=', 1)[0]!, line.slice(line.indexOf('=') + 1)]);
  const environment = Object.fromEntries(pairs) as Record<string, string>;
  taken(() => loadConfig({ environment, flags: lines, folder: tmpdir() }));
  taken(() => readFlags(lines, environment));
  taken(() => readFlags(['--model-dir', folder], environment));
}

async function checkLog(input: Buffer): Promise<void> {
  for (const line of input.toString('utf8').split('\n')) {
    const record = readRecordLine(line);
    hold(record === undefined || typeof record.id === 'string', 'a record has an id');
  }
  const day = join(folder, 'e.calls', '2026-01-01');
  mkdirSync(day, { recursive: true });
  writeFileSync(join(day, '20260101T000000.000Z.ndjson'), input);
  for await (const count of callLogReader(folder).calls('e', {})) hold(count !== null, 'a count is one');
}

async function checkJournal(input: Buffer): Promise<void> {
  placed('journal', input);
  hold(Array.isArray(await openTrialJournal(folder).read()), 'a journal is a list');
}

function journalOf(...payloads: readonly Buffer[]): Buffer {
  const frames = payloads.flatMap((payload) => {
    const length = Buffer.alloc(4);
    length.writeUInt32LE(payload.length);
    return [length, createHash('sha256').update(payload).digest(), payload];
  });
  return Buffer.concat([Buffer.from('slipway trials 1\n'), ...frames]);
}

/** Any error ends the process that said it. What it makes us hold is bounded by what it sends. */
function checkFrames(input: Buffer): void {
  const read = frameReader(({ head, bytes }) => {
    hold(head.is !== 'done' || head.tensors.length === bytes.length, 'a frame has its tensors');
  });
  const before = process.memoryUsage().external;
  taken(
    () => {
      for (let at = 0; at < input.length; at += 777) read(input.subarray(at, at + 777));
    },
    (error) => error instanceof Error && !(error instanceof RangeError),
  );
  hold(process.memoryUsage().external - before < 64 * 1024 * 1024, 'memory is for what was sent');
}

async function checkSmallFiles(input: Buffer): Promise<void> {
  await takenLater(() => auditAnchorFile(placed('anchor', input)).read());
  placed(MARKER, input);
  await takenLater(() => readMarker(folder));
  placed('lock.1', input);
  await hasLockFile(folder);
  placed('server.json', input);
  const file = await readServerFile(folder);
  hold(file === undefined || URL.canParse(file.url), 'a server has an address');
  const { hashes, problem } = await readTokenFile(placed('tokens', input));
  hold(hashes.length > 0 || problem !== undefined, 'tokens, or why there are none');
}

export const fileTargets: ParserTarget[] = [
  {
    name: 'config-file',
    examples: [
      'http:\n  port: 8080\n  rateLimitPerSecond: 20\nwork:\n  concurrency: 2\n',
      'train:\n  metric: roc_auc\n  budget: 5m\n  gates: [roc_auc>=0.8]\n  costs: fn=10,fp=1\n  validate-on: orders@2\n',
      'a: &a\n  b: 1\nhttp: *a\n',
    ],
    words: [
      ...YAML_WORDS,
      'http:',
      'train:',
      'gates:',
      'costs:',
      'budget:',
      '{toString: 1}',
      '{valueOf: {}, toString: []}',
    ],
    check: checkConfig,
  },
  {
    name: 'flags',
    examples: [
      'http.port=8080\nwork.concurrency=2\nstorage.data=/tmp/x',
      '--port\n8080\n--host\n127.0.0.1\n--allow-host\nexample.org',
      'SLIPWAY_HTTP_PORT=1\nAIP_HTTP_PORT=8080\nAIP_PREDICT_ROUTE=/predict\nSLIPWAY_MAX_ROWS=5',
    ],
    words: ['--', '=', '\n', 'http.', '__proto__', 'constructor', 'SLIPWAY_', 'true', '*', 'https://a', '-1'],
    check: checkFlags,
  },
  {
    name: 'prediction-log',
    examples: [
      '{"id":"a","ts":"2026-01-01T00:00:00.000Z","model":"m","version":1,"latencyUs":5,"row":{"x":9007199254740993},"score":null,"value":1}\n',
      '{"ts":"2026-01-01T00:00:00.000Z","model":"m","version":1,"status":422,"calls":3}\n',
    ],
    words: ['{', '}', '\n', '"row":null', '"ts":1', '"id":{}', 'null', '9007199254740993', '"calls":-1'],
    check: checkLog,
  },
  {
    name: 'trial-journal',
    examples: [journalOf(serialize({ is: 'begun' }), serialize({ is: 'ended', loss: 0.5 })), journalOf()],
    check: checkJournal,
  },
  {
    name: 'model-frames',
    examples: [
      Buffer.concat([
        frameHead({ is: 'loaded', inputs: [], outputs: [] }),
        frameHead({ is: 'done', tensors: [{ name: 'y', type: 'float32', shape: [2], bytes: 8 }] }),
        Buffer.alloc(8),
        frameHead({ is: 'failed', reason: 'x' }),
      ]),
    ],
    words: ['null', '"bytes":-1', '"bytes":2147483647', '"tensors":null', '"is":"done"'],
    check: checkFrames,
  },
  {
    name: 'kept-counts',
    examples: [
      '{"format":1,"endpoints":[{"name":"a","statuses":[[200,3]],"versions":[[1,{"predictions":2}]],"latencyCounts":[]}]}',
    ],
    words: ['{', '}', '[', ']', 'null', '"__proto__":', '-1', '[[1]]', '"statuses":1'],
    // Whatever is wrong with them, counting starts from zero.
    check: (input) =>
      taken(
        () => decodeCounts(input.toString('utf8')),
        (error) => error instanceof Error,
      ),
  },
  {
    name: 'small-files',
    examples: [
      `{"sequence":3,"hash":"${'a'.repeat(64)}"}`,
      '{"format":1,"installation":"a","createdAt":"2026-01-01T00:00:00.000Z","version":"0.1.0"}',
      '{"pid":1,"startedAt":"a","place":"b","released":true}',
      '{"url":"http://127.0.0.1:8080","pid":1}',
      '# tokens\na\nb\n',
    ],
    words: ['null', '{', '}', '[', '1e999', '"format":2', '"url":1', '"url":{}', '\n', '#'],
    check: checkSmallFiles,
  },
];
