import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

/** What a peer is started with: its Python, the model, a folder of its own, the port to listen on. */
export type Setting = { python: string; model: string; folder: string; port: number; columns: number };

export type Peer = {
  name: string;
  /** Package whose version is told, and without which it cannot run. */
  needs: string;
  /** The command that serves until it is ended, with what it has to be given beforehand. */
  start(setting: Setting): { command: string; args: string[]; cwd?: string };
  path: string;
  body(row: readonly number[]): unknown;
  /** The probability in an answer. */
  read(answer: never): number;
};

/** Benchmarks run from the root of the repository. */
const HERE = resolve('bench/serving');

/** A program that was installed beside the interpreter. */
const beside = (python: string, name: string) => join(dirname(python), name);

export const PEERS: Peer[] = [
  {
    name: 'fastapi',
    needs: 'fastapi',
    start: ({ python, port }) => ({
      command: python,
      args: `-m uvicorn fastapi_app:app --port ${port} --no-access-log --log-level warning`.split(' '),
      cwd: HERE,
    }),
    path: '/predict',
    body: (row) => ({ rows: [Object.fromEntries(row.map((value, i) => [`x${i}`, value]))] }),
    read: ({ predictions }: { predictions: { probability: number }[] }) => predictions[0]!.probability,
  },
  {
    name: 'bentoml',
    needs: 'bentoml',
    start: ({ python, port }) => ({
      command: beside(python, 'bentoml'),
      args: ['serve', 'bento_app:Forest', '--port', String(port), '--host', '127.0.0.1'],
      cwd: HERE,
    }),
    path: '/predict',
    body: (row) => ({ rows: [row] }),
    read: ([first]: number[]) => first!,
  },
  {
    name: 'mlserver',
    needs: 'mlserver',
    start: ({ python, port, folder }) => {
      const settings = {
        http_port: port,
        grpc_port: port + 1,
        metrics_port: port + 2,
        host: '127.0.0.1',
        parallel_workers: 0,
        use_structured_logging: false,
        debug: false,
      };
      const model = { name: 'forest', implementation: 'mlserver_app.Forest' };
      mkdirSync(folder, { recursive: true });
      cpSync(join(HERE, 'mlserver_app.py'), join(folder, 'mlserver_app.py'));
      writeFileSync(join(folder, 'settings.json'), JSON.stringify(settings));
      writeFileSync(join(folder, 'model-settings.json'), JSON.stringify(model));
      return { command: beside(python, 'mlserver'), args: ['start', folder] };
    },
    path: '/v2/models/forest/infer',
    body: (row) => ({ inputs: [{ name: 'X', shape: [1, row.length], datatype: 'FP32', data: row }] }),
    read: ({ outputs }: { outputs: { data: number[] }[] }) => outputs[0]!.data[0]!,
  },
  {
    name: 'mlflow',
    needs: 'mlflow',
    start: ({ python, port, folder, model }) => {
      if (!existsSync(folder))
        execFileSync(python, [join(HERE, 'mlflow_model.py'), model, folder], { stdio: 'ignore' });
      const args = `models serve -m ${folder} -p ${port} -h 127.0.0.1 --env-manager local --workers 1`;
      return { command: beside(python, 'mlflow'), args: args.split(' ') };
    },
    path: '/invocations',
    body: (row) => ({ dataframe_split: { columns: row.map((_, i) => `x${i}`), data: [row] } }),
    read: ({ predictions }: { predictions: { probability: number }[] | { probability: number[] } }) => {
      const found = Array.isArray(predictions) ? predictions[0]!.probability : predictions.probability;
      return Number([found].flat(2)[0]);
    },
  },
  {
    name: 'ray serve',
    needs: 'ray',
    start: ({ python, port }) => ({ command: python, args: ['ray_app.py', String(port)], cwd: HERE }),
    path: '/',
    body: (row) => ({ rows: [row] }),
    read: ({ predictions }: { predictions: number[] }) => predictions[0]!,
  },
];

/** The version of what a peer needs, as its Python has it; undefined where it is not installed. */
export function installedVersion(python: string, needs: string): string | undefined {
  const script = `import importlib.metadata as m; print(m.version(${JSON.stringify(needs)}))`;
  try {
    return execFileSync(python, ['-c', script], { stdio: ['ignore', 'pipe', 'ignore'] })
      .toString()
      .trim();
  } catch {
    return undefined;
  }
}
