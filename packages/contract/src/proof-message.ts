/** One end of a TCP connection, as the operating system names it. */
export type SocketEnd = { address: string | undefined; port: number | undefined };

/**
 * What a server signs (HMAC-SHA256 under the key in its data folder) to prove that it is the server of that folder. The
 * server's end of the connection is part of it: a program that passes the challenge on to the real server gets a proof of
 * another address, or of another port.
 */
export function proofMessage(challenge: string, { address = '', port = 0 }: SocketEnd): string {
  return `slipway server proof\n${challenge}\n${address.replace(/^::ffff:/i, '')}\n${port}`;
}
