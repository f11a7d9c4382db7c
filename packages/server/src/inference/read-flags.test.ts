import { expect, it } from 'vitest';
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
    AIP_PREDICT_ROUTE: '/predict',
    SAGEMAKER_BIND_TO_PORT: '8083',
  };
  expect(readFlags([], empty)).toMatchObject({ port: 8083, vertexRoutes: undefined });
  expect(readFlags([], { ...empty, SAGEMAKER_BIND_TO_PORT: '' }).port).toBe(7401);
});
