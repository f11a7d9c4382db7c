export type Tone = 'done' | 'running' | 'warning' | 'failed' | 'idle';
export type Shape = 'tick' | 'cross' | 'arc' | 'ring' | 'dash' | 'bang' | 'dot';

/** How each state of the contract looks: a word, a shape and a tone, so that colour never says it alone. */
export const STATES = {
  waiting: { word: 'waiting', shape: 'ring', tone: 'idle' },
  queued: { word: 'queued', shape: 'ring', tone: 'idle' },
  running: { word: 'running', shape: 'arc', tone: 'running' },
  loading: { word: 'loading', shape: 'arc', tone: 'running' },
  done: { word: 'done', shape: 'tick', tone: 'done' },
  ready: { word: 'ready', shape: 'tick', tone: 'done' },
  passed: { word: 'passed', shape: 'tick', tone: 'done' },
  steady: { word: 'no drift', shape: 'tick', tone: 'done' },
  active: { word: 'active', shape: 'tick', tone: 'done' },
  holding: { word: 'holding', shape: 'ring', tone: 'warning' },
  paused: { word: 'paused', shape: 'dash', tone: 'warning' },
  open: { word: 'open', shape: 'dot', tone: 'running' },
  closed: { word: 'closed', shape: 'dash', tone: 'idle' },
  intact: { word: 'intact', shape: 'tick', tone: 'done' },
  resolved: { word: 'resolved', shape: 'tick', tone: 'done' },
  stopped: { word: 'stopped early', shape: 'dash', tone: 'idle' },
  skipped: { word: 'skipped', shape: 'dash', tone: 'idle' },
  cancelled: { word: 'cancelled', shape: 'dash', tone: 'idle' },
  revoked: { word: 'revoked', shape: 'dash', tone: 'idle' },
  expired: { word: 'expired', shape: 'dash', tone: 'idle' },
  refused: { word: 'not promoted', shape: 'bang', tone: 'warning' },
  'not-compared': { word: 'not compared', shape: 'dash', tone: 'idle' },
  'found-once': { word: 'found once', shape: 'ring', tone: 'warning' },
  drifted: { word: 'drifted', shape: 'bang', tone: 'warning' },
  warning: { word: 'warning', shape: 'bang', tone: 'warning' },
  info: { word: 'info', shape: 'dot', tone: 'idle' },
  note: { word: 'note', shape: 'dot', tone: 'running' },
  aborted: { word: 'taken back', shape: 'bang', tone: 'warning' },
  fine: { word: 'fine', shape: 'tick', tone: 'done' },
  worse: { word: 'worse', shape: 'cross', tone: 'failed' },
  uncertain: { word: 'uncertain', shape: 'ring', tone: 'warning' },
  'too-few': { word: 'too few', shape: 'ring', tone: 'idle' },
  critical: { word: 'critical', shape: 'cross', tone: 'failed' },
  failed: { word: 'failed', shape: 'cross', tone: 'failed' },
  broken: { word: 'broken', shape: 'cross', tone: 'failed' },
} as const satisfies Record<string, { word: string; shape: Shape; tone: Tone }>;

export type StateName = keyof typeof STATES;
