import type { Signature, Signer } from '../ports.ts';

/**
 * A signed statement on the wire: the Dead Simple Signing Envelope,
 * https://github.com/secure-systems-lab/dsse/blob/master/envelope.md
 */
export type Envelope = {
  payloadType: string;
  payload: string;
  signatures: { keyid: string; sig: string }[];
};

const utf8 = new TextEncoder();

export async function sealEnvelope(
  payloadType: string,
  payload: Uint8Array,
  signer: Signer,
): Promise<Envelope> {
  const { keyId, signature } = await signer.sign(preAuthenticationEncoding(payloadType, payload));
  return {
    payloadType,
    payload: toBase64(payload),
    signatures: [{ keyid: keyId, sig: toBase64(signature) }],
  };
}

/** The payload, when at least one signature holds by a trusted key; otherwise undefined. */
export async function openEnvelope(envelope: Envelope, signer: Signer): Promise<Uint8Array | undefined> {
  const payload = fromBase64(envelope.payload);
  const message = preAuthenticationEncoding(envelope.payloadType, payload);
  for (const { keyid, sig } of envelope.signatures) {
    const signature: Signature = { keyId: keyid, signature: fromBase64(sig) };
    if (await signer.verify(message, signature)) return payload;
  }
  return undefined;
}

/** DSSE's PAE: what is signed names type and lengths, so that no other reading of the same bytes is possible. */
export function preAuthenticationEncoding(payloadType: string, payload: Uint8Array): Uint8Array {
  const type = utf8.encode(payloadType);
  const head = utf8.encode(`DSSEv1 ${type.length} ${payloadType} ${payload.length} `);
  return Buffer.concat([head, payload]);
}

function toBase64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64');
}

function fromBase64(text: string): Uint8Array {
  return Buffer.from(text, 'base64');
}
