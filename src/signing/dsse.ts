/** DSSE's pre-authentication encoding (github.com/secure-systems-lab/dsse, protocol v1.0): the bytes that are signed. */

/** What the payload of a model's signature is. */
export const PAYLOAD_TYPE = "application/vnd.in-toto+json";

export function preAuthEncoding(type: string, payload: Uint8Array): Uint8Array<ArrayBuffer> {
  const text = new TextEncoder();
  const head = text.encode(`DSSEv1 ${text.encode(type).length} ${type} ${payload.length} `);
  const bytes = new Uint8Array(head.length + payload.length);
  bytes.set(head);
  bytes.set(payload, head.length);
  return bytes;
}
