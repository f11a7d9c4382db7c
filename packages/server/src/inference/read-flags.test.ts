import { describe, expect, it } from 'vitest';
import { readFlags } from './read-flags.ts';

it('what a cloud says by its environment is taken where no flag says otherwise', () => {
  const cloud = { AIP_HTTP_PORT: '8081', AIP_HEALTH_ROUTE: '/alive', AIP_PREDICT_ROUTE: '/predict' };
  expect(readFlags([], cloud)).toMatchObject({
    port: 8081,
    vertexRoutes: { health: '/alive', predict: '/predict' },
  });
  expect(readFlags(['--port', '8082'], cloud).port).toBe(8082);
  expect(readFlags([], { SAGEMAKER_BIND_TO_PORT: '8083' }).port).toBe(8083);
});

it('an empty variable of the environment counts as unset', () => {
  const empty = {
    AIP_HTTP_PORT: '',
    AIP_HEALTH_ROUTE: '',
    AIP_PREDICT_ROUTE: '',
    SAGEMAKER_BIND_TO_PORT: '8083',
  };
  expect(readFlags([], empty)).toMatchObject({ port: 8083, vertexRoutes: undefined });
  expect(readFlags([], { ...empty, SAGEMAKER_BIND_TO_PORT: '' }).port).toBe(7401);
});

describe('what a cloud says that cannot be meant', () => {
  it.each([
    ['two ports', { AIP_HTTP_PORT: '1', SAGEMAKER_BIND_TO_PORT: '2' }, 'AIP_HTTP_PORT is 1 and SAGEMAKER'],
    ['a port that is none', { AIP_HTTP_PORT: 'x' }, 'AIP_HTTP_PORT must be a whole number'],
    ['one route of two', { AIP_PREDICT_ROUTE: '/p' }, 'go together'],
    ['the same route twice', { AIP_HEALTH_ROUTE: '/p', AIP_PREDICT_ROUTE: '/p' }, 'are both /p'],
    [
      'a route that is no path',
      { AIP_HEALTH_ROUTE: '/h', AIP_PREDICT_ROUTE: 'p' },
      'AIP_PREDICT_ROUTE must be',
    ],
  ])('%s is refused', (_, environment, says) => {
    expect(() => readFlags([], environment)).toThrow(says);
  });

  it('the same port from both is taken', () => {
    expect(readFlags([], { AIP_HTTP_PORT: '9001', SAGEMAKER_BIND_TO_PORT: '9001' }).port).toBe(9001);
  });
});

describe('the environment of a container', () => {
  const image = { SLIPWAY_LISTEN_PORT: '8080', SLIPWAY_TOKEN_FILE: '/tokens' };
  const args = ['--model-dir=/models'];

  it('is read with --model-dir alone, settings by their names in the configuration', () => {
    const environment = {
      ...image,
      SLIPWAY_ACCESS: 'open',
      SLIPWAY_PREDICTION_LOG: '-',
      SLIPWAY_INFERENCE_MAX_ROWS: '7',
      SLIPWAY_INFERENCE_EXECUTION_PROVIDERS: 'cuda,cpu',
    };
    expect(readFlags(args, environment)).toMatchObject({
      port: 8080,
      access: 'open',
      tokenFile: '/tokens',
      logDir: '-',
      settings: { maxRows: 7, executionProviders: 'cuda,cpu' },
      unknownVariables: [],
    });
    expect(readFlags([], environment)).toMatchObject({ port: 7401, access: 'tokens', settings: {} });
  });

  it('gives way to the port of a cloud, and both to a flag', () => {
    const cloud = { ...image, SAGEMAKER_BIND_TO_PORT: '9001' };
    expect(readFlags([...args, 'serve'], cloud).port).toBe(9001);
    expect(readFlags([...args, '--port=9002', 'serve'], cloud).port).toBe(9002);
    expect(readFlags([...args, 'serve'], image).port).toBe(8080);
  });

  it('names what it does not know, and refuses what it cannot read by its name', () => {
    const environment = {
      ...image,
      SLIPWAY_SERVICE_HOST: '10.0.0.1',
      SLIPWAY_ACESS: 'open',
      SLIPWAY_TEST_PYTHON: 'p',
      PATH: '/bin',
    };
    expect(readFlags(args, environment)).toMatchObject({
      access: 'tokens',
      unknownVariables: ['SLIPWAY_ACESS'],
    });
    expect(() => readFlags(args, { SLIPWAY_ACCESS: 'yes' })).toThrow(
      'SLIPWAY_ACCESS) must be tokens or open',
    );
    expect(() => readFlags(args, { SLIPWAY_INFERENCE_MAX_ROWS: '0' })).toThrow(
      'SLIPWAY_INFERENCE_MAX_ROWS must be',
    );
    expect(() => readFlags(args, { SLIPWAY_LISTEN_PORT: 'seven' })).toThrow('SLIPWAY_LISTEN_PORT must be');
  });

  it('an endpoint may be called as SageMaker calls its command', () => {
    expect(readFlags(['--model-name', 'serve', ...args]).modelName).toBe('serve');
  });
});
