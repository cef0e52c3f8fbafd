// The bytes that are signed: DSSE v1 pre-authentication encoding, as crates/signature has it.
import { concat } from "./bytes.ts";

export const HEADER_TYPE = "application/vnd.truc.v1.header";
export const KEY_TYPE = "application/vnd.truc.v1.key";

export function pae(type: string, payload: Uint8Array): Uint8Array<ArrayBuffer> {
  const text = new TextEncoder();
  const kind = text.encode(type);
  return concat(text.encode(`DSSEv1 ${kind.length} ${type} ${payload.length} `), payload);
}
