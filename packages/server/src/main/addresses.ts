/** Where the two planes answer: `http://host:port`, or what stands in front of them. No slash at the end. */
export type PlaneUrls = { control: string; inference: string };

/** How people and programs reach the two planes, by what is known at the moment of the call. */
export function addressesOf(urls: () => PlaneUrls) {
  const endpoint = (name: string) => encodeURIComponent(name);
  return {
    console: () => urls().control,
    predict: (name: string) => `${urls().inference}/endpoints/${endpoint(name)}/predict`,
    infer: (name: string) => `${urls().inference}/v2/models/${endpoint(name)}/infer`,
  };
}

/** An address for a listening host: wildcard addresses are reached over loopback. */
export function urlOf(host: string, port: number, scheme: 'http' | 'https' = 'http'): string {
  const name = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
  return `${scheme}://${name.includes(':') ? `[${name}]` : name}:${port}`;
}

type PublicSettings = { publicUrl: string; inferencePublicUrl: string };

/**
 * Where others reach the planes: what the configuration says, else where they listen. A data plane of which nothing is
 * said is taken to be beside the control plane, on its own port.
 */
export function publicUrls({ publicUrl, inferencePublicUrl }: PublicSettings, local: PlaneUrls): PlaneUrls {
  const control = publicUrl === '' ? local.control : publicUrl;
  if (inferencePublicUrl !== '') return { control, inference: inferencePublicUrl };
  if (publicUrl === '') return { control, inference: local.inference };
  const { protocol, hostname } = new URL(publicUrl);
  return { control, inference: `${protocol}//${hostname}:${new URL(local.inference).port}` };
}

/** Names that requests carry when they come by way of the public addresses. */
export function publicHosts({ publicUrl, inferencePublicUrl }: PublicSettings): string[] {
  return [publicUrl, inferencePublicUrl].filter((url) => url !== '').map((url) => new URL(url).hostname);
}
