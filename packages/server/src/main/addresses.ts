/** How people and programs outside reach the two planes. */
export function addressesOf(urls: { control: () => string; inference: () => string }) {
  return {
    console: urls.control,
    predict: (endpoint: string) => `${urls.inference()}/endpoints/${encodeURIComponent(endpoint)}/predict`,
    infer: (endpoint: string) => `${urls.inference()}/v2/models/${encodeURIComponent(endpoint)}/infer`,
  };
}

/** An address for a listening host: wildcard addresses are reached over loopback. */
export function urlOf(host: string, port: number): string {
  const name = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
  return `http://${name.includes(':') ? `[${name}]` : name}:${port}`;
}
