// Keys are made and used in this browser. They are not extractable, and no server ever sees them.
import { hex, readPem, sha256 } from "./bytes.ts";
import { KEY_TYPE, pae } from "./dsse.ts";

/** A private key with the certificate of its public half. */
export type Holder = {
  id: string;
  key: CryptoKey;
  /** SHA-256 of the certificate (DER). */
  keyId: Uint8Array;
  /** The certificate, then its issuers, DER. */
  certificates: Uint8Array[];
  name: string;
};

export async function browserSigns(): Promise<boolean> {
  try {
    await crypto.subtle.generateKey("Ed25519", false, ["sign", "verify"]);
    return true;
  } catch {
    return false;
  }
}

export async function makeKey(): Promise<{ key: CryptoKey; publicKey: Uint8Array; proof: Uint8Array }> {
  const pair = (await crypto.subtle.generateKey("Ed25519", false, ["sign", "verify"])) as CryptoKeyPair;
  const publicKey = new Uint8Array(await crypto.subtle.exportKey("raw", pair.publicKey));
  return { key: pair.privateKey, publicKey, proof: await sign(pair.privateKey, KEY_TYPE, publicKey) };
}

export async function sign(key: CryptoKey, type: string, payload: Uint8Array): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.sign("Ed25519", key, pae(type, payload)));
}

/** A key and certificates as `truc up` and `truc pki issue` write them (`signer.key`, `signer.pem`). */
export async function importKey(id: string, name: string, keyPem: string, certificatesPem: string): Promise<Holder> {
  const [pkcs8] = readPem(keyPem, "PRIVATE KEY");
  const certificates = readPem(certificatesPem, "CERTIFICATE");
  if (!pkcs8 || !certificates[0]) throw new Error("no key or no certificate in these files");
  const key = await crypto.subtle.importKey("pkcs8", pkcs8, "Ed25519", false, ["sign"]);
  // Who signs is whom the certificate names; the hub takes no other name in the document.
  return { id, name: commonNameOf(certificates[0]) || name, key, certificates, keyId: await sha256(certificates[0]) };
}

/** The common name of a certificate's subject, which stands behind that of its issuer; empty where there is none. */
export function commonNameOf(der: Uint8Array): string {
  // OBJECT IDENTIFIER 2.5.4.3
  const CN = [0x06, 0x03, 0x55, 0x04, 0x03];
  for (let at = der.length - CN.length; at >= 0; at -= 1) {
    if (!CN.every((byte, offset) => der[at + offset] === byte)) continue;
    // A string: its type, its length in one byte or two, its bytes.
    const long = der[at + CN.length + 1] === 0x81;
    const begin = at + CN.length + (long ? 3 : 2);
    return new TextDecoder().decode(der.subarray(begin, begin + (der[begin - 1] ?? 0)));
  }
  return "";
}

// IndexedDB keeps CryptoKey objects as they are: a reload finds the key again, and still nobody can read it.
function open(): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open("truc", 1);
    request.onupgradeneeded = () => request.result.createObjectStore("keys", { keyPath: "id" });
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

async function within<T>(mode: IDBTransactionMode, act: (store: IDBObjectStore) => IDBRequest<T>): Promise<T> {
  const database = await open();
  return new Promise((resolve, reject) => {
    const request = act(database.transaction("keys", mode).objectStore("keys"));
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

export const keepKey = (holder: Holder) => within("readwrite", (store) => store.put(holder));
export const findKey = (id: string): Promise<Holder | undefined> => within("readonly", (store) => store.get(id));
export const shortId = (keyId: Uint8Array) => hex(keyId).slice(0, 16);
