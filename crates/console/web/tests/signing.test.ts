// What is signed in the browser is what the hub verifies: the encoding byte for byte, and keys as PEM has them.
import assert from "node:assert/strict";
import { generateKeyPairSync, verify } from "node:crypto";
import { test } from "node:test";
import { concat, readPem } from "../src/lib/bytes.ts";
import { HEADER_TYPE, pae } from "../src/lib/dsse.ts";
import { importKey, sign } from "../src/lib/keys.ts";
import { fits, type Row } from "../src/lib/query.ts";

test("the encoding is that of DSSE", () => {
  const text = new TextEncoder();
  assert.deepEqual(pae("http://example.com/HelloWorld", text.encode("hello world")), text.encode("DSSEv1 29 http://example.com/HelloWorld 11 hello world"));
  assert.deepEqual(pae("", new Uint8Array()), text.encode("DSSEv1 0  0 "));
});

test("a signature of an imported key holds over the encoded header, and over nothing else", async () => {
  const pair = generateKeyPairSync("ed25519");
  const key = pair.privateKey.export({ type: "pkcs8", format: "pem" }) as string;
  const holder = await importKey("id", "name", key, "-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n");
  const header = new Uint8Array([1, 2, 3]);
  const signature = await sign(holder.key, HEADER_TYPE, header);
  assert.equal(holder.key.extractable, false);
  assert.ok(verify(null, pae(HEADER_TYPE, header), pair.publicKey, signature));
  assert.ok(!verify(null, pae(HEADER_TYPE, concat(header, header)), pair.publicKey, signature));
  assert.equal(readPem(key, "PRIVATE KEY").length, 1);
});

test("the search language", () => {
  const row: Row = { text: "Về việc phòng chống bão 12/UBND-VP", from: "H54 Ủy ban nhân dân tỉnh Thái Bình", to: "H26.99", level: "Tỉnh", province: "H54", status: "03 Đã tiếp nhận", urgency: "Hỏa tốc", signed: true, day: "2026-11-25" };
  for (const query of ["bao", "from:thai", "from:\"thai binh\"", "urgency:hoa status:03", "signed:yes after:2026-11-01", "province:H54 phong"]) assert.ok(fits(row, query), query);
  for (const query of ["lũ", "from:H40", "signed:no", "before:2026-01-01", "bao from:H40"]) assert.ok(!fits(row, query), query);
});
