import { describe, expect, it } from 'vitest';
import { addressesOf, publicHosts, publicUrls, urlOf } from './addresses.ts';

const local = { control: 'http://127.0.0.1:7400', inference: 'http://127.0.0.1:7401' };

describe('the addresses that others are told', () => {
  it('are those listened on when nothing else is said', () => {
    expect(publicUrls({ publicUrl: '', inferencePublicUrl: '' }, local)).toEqual(local);
    expect(urlOf('0.0.0.0', 7400)).toBe('http://127.0.0.1:7400');
    expect(urlOf('fd00::1', 7400)).toBe('http://[fd00::1]:7400');
  });

  it('put the data plane beside a public control plane, on its own port', () => {
    expect(publicUrls({ publicUrl: 'https://ml.example', inferencePublicUrl: '' }, local)).toEqual({
      control: 'https://ml.example',
      inference: 'https://ml.example:7401',
    });
  });

  it('keep the path that a proxy takes off before the data plane', () => {
    const said = { publicUrl: 'https://ml.example', inferencePublicUrl: 'https://ml.example/models' };
    const addresses = addressesOf(() => publicUrls(said, local));
    expect(addresses.console()).toBe('https://ml.example');
    expect(addresses.predict('churn')).toBe('https://ml.example/models/endpoints/churn/predict');
    expect(addresses.infer('churn')).toBe('https://ml.example/models/v2/models/churn/infer');
  });

  it('name the hosts that requests may carry', () => {
    const said = { publicUrl: 'https://ML.example:8443', inferencePublicUrl: 'http://[fd00::1]:9000/m' };
    expect(publicHosts(said)).toEqual(['ml.example', '[fd00::1]']);
    expect(publicHosts({ publicUrl: '', inferencePublicUrl: '' })).toEqual([]);
  });
});
