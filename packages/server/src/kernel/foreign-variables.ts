/**
 * Whether a variable `SLIPWAY_*` of the environment is none of a server's settings: the command line reads it, tests do, or
 * Kubernetes and Docker links set it for a service named `slipway` or `slipway-…` beside this one.
 *
 * @param value what it holds, by which `SLIPWAY_PORT=tcp://10.0.0.1:7400` is told from a setting
 */
export function isForeignVariable(name: string, value: string | undefined): boolean {
  if (/^SLIPWAY_(?:SERVER|TOKEN|TEST_.*|REQUIRE_.*)$/.test(name)) return true;
  if (/_PORT$/.test(name))
    return name.endsWith('_SERVICE_PORT') || /^(?:tcp|udp|sctp):\/\//.test(value ?? '');
  return name.endsWith('_SERVICE_HOST') || name.includes('_SERVICE_PORT_') || PORT_LINK.test(name);
}

/** https://kubernetes.io/docs/concepts/services-networking/service/#environment-variables */
const PORT_LINK = /_PORT_\d{1,5}_(?:TCP|UDP|SCTP)(?:_(?:PROTO|PORT|ADDR))?$/;
