import { flagSetting, integerSetting, listSetting, textSetting, urlSetting } from '../kernel/index.ts';

export const httpSettings = {
  host: textSetting({
    default: '127.0.0.1',
    says: 'Address that the control plane and the data plane listen on.',
  }),
  port: integerSetting({
    default: 7400,
    min: 0,
    max: 65_535,
    says: 'Port of the control plane; 0 takes a free one.',
  }),
  inferencePort: integerSetting({
    default: 7401,
    min: 0,
    max: 65_535,
    says: 'Port of the data plane; 0 takes a free one.',
  }),
  publicUrl: urlSetting({
    prefix: false,
    says: 'Address by which others reach the control plane and the console, when it is not the one listened on.',
  }),
  inferencePublicUrl: urlSetting({
    prefix: true,
    says: 'Address by which others reach the data plane; unless told, the host of `publicUrl` with the port of the data plane.',
  }),
  tlsCertificate: textSetting({
    default: '',
    says: 'PEM file with the certificate, and the chain behind it, by which both planes serve with TLS.',
  }),
  tlsKey: textSetting({
    default: '',
    says: 'PEM file with the key of the certificate.',
  }),
  insecure: flagSetting({
    default: false,
    says: 'Allow listening beyond loopback without TLS, for when TLS ends in front of Slipway.',
  }),
  allowedHosts: listSetting({
    default: [],
    says: 'Host names that requests may carry, besides the address listened on and localhost.',
  }),
  maxBodyBytes: integerSetting({
    default: 16 * 1024 * 1024,
    min: 1024,
    max: 1024 ** 3,
    says: 'Largest JSON body taken.',
  }),
  maxUploadBytes: integerSetting({
    default: 20 * 1024 ** 3,
    min: 1024,
    max: 1024 ** 4,
    says: 'Largest file taken by an upload.',
  }),
} as const;
