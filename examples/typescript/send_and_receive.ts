// Sends a document, receives it as the other agency, reports a status and reads it as the sender; over gRPC-Web.
//
//     cd examples/typescript && npm ci && npm run generate
//     npm start http://127.0.0.1:7700 ../../.truc/agencies/H26.99 ../../.truc/agencies/H54
//
// The folders are named after their agency's code and hold what `truc up` and `truc pki issue --token` write.
import { createHash, createPrivateKey, randomUUID, sign as ed25519, X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { durationFromMs, timestampNow } from "@bufbuild/protobuf/wkt";
import { createClient } from "@connectrpc/connect";
import { createGrpcWebTransport } from "@connectrpc/connect-node";
import * as doc from "./gen/truc/v1/document_pb.ts";
import { ExchangeService, ReceiptStatementSchema } from "./gen/truc/v1/exchange_pb.ts";

const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest();

// Ed25519 over the DSSE pre-authentication encoding of the header's bytes.
function sign(folder: string, name: string, header: Uint8Array) {
  const type = "application/vnd.truc.v1.header";
  const message = Buffer.concat([Buffer.from(`DSSEv1 ${type.length} ${type} ${header.length} `), header]);
  const pem = readFileSync(`${folder}/${name}.pem`, "utf8");
  const certificates = pem.split(/(?=-----BEGIN)/).map((each) => new X509Certificate(each).raw);
  const signature = ed25519(null, message, createPrivateKey(readFileSync(`${folder}/${name}.key`)));
  return { keyId: sha256(certificates[0]), signature, certificates };
}

// The person whose key this is: the document has to show the same.
const nameOf = (folder: string) => /^signer = "(.*)"$/m.exec(readFileSync(`${folder}/agency.toml`, "utf8"))![1];

// An official letter with one file.
function letter(sender: string, recipient: string, signer: string, content: Uint8Array) {
  const [year, month, day] = new Date(Date.now() + 7 * 3_600_000).toISOString().split(/[-T]/).map(Number);
  return create(doc.HeaderSchema, {
    documentId: randomUUID(), sender, recipients: [{ agency: recipient, role: doc.RecipientRole.TO_ACT }],
    number: BigInt(Date.now()) % 99_999_999_999n + 1n, notation: "UBND-VX", issuedOn: { year, month, day },
    documentType: doc.DocumentType.OFFICIAL_LETTER, subject: "Gửi thử từ TypeScript", createdAt: timestampNow(),
    signer: { position: "Chủ tịch", fullName: signer }, urgency: doc.Urgency.NORMAL, act: doc.BusinessAct.NEW,
    steeringType: doc.SteeringType.NONE, system: doc.SystemKind.DOCUMENT_MANAGEMENT, attachments: [
      { sha256: sha256(content), size: BigInt(content.length), name: "van-ban.txt", contentType: "text/plain" }],
  });
}

const [hub, sender, recipient] = process.argv.slice(2);
const exchange = createClient(ExchangeService, createGrpcWebTransport({ baseUrl: hub, httpVersion: "1.1" }));
const token = (folder: string) => readFileSync(`${folder}/token`, "utf8").trim();
const as = (folder: string) => ({ headers: { authorization: `Bearer ${token(folder)}` } });
const wait = durationFromMs(30_000);

// Send: the bytes that are signed are the bytes that travel.
const content = Buffer.from("Nội dung văn bản");
const signed = toBinary(doc.HeaderSchema, letter(basename(sender), basename(recipient), nameOf(sender), content));
const { receipt } = await exchange.send({ envelope: {
  header: signed, personalSignature: sign(sender, "signer", signed), seal: sign(sender, "seal", signed),
  inlineAttachments: [{ sha256: sha256(content), content }],
} }, as(sender));
const statement = fromBinary(ReceiptStatementSchema, receipt!.statement);
console.log("sent", statement.documentId, "position", String(statement.position));

// Receive: what is stored on this side is acknowledged, and never shows again.
for (const { deliveryId, content } of (await exchange.fetch({ wait }, as(recipient))).deliveries) {
  await exchange.acknowledge({ deliveryIds: [deliveryId] }, as(recipient));
  if (content.case === "document") {
    const { documentId, subject } = fromBinary(doc.HeaderSchema, content.value.envelope!.header);
    console.log("received", documentId, subject);
    await exchange.reportStatus({ documentId, status: doc.StatusCode.ACCEPTED }, as(recipient));
  }
}

// Statuses come as deliveries too: 01 by the hub when it was acknowledged, then 03.
for (const { deliveryId, content } of (await exchange.fetch({ wait }, as(sender))).deliveries) {
  if (content.case === "status") {
    const { documentId, status, agency } = content.value;
    console.log("status", documentId, String(status).padStart(2, "0"), agency);
  }
  await exchange.acknowledge({ deliveryIds: [deliveryId] }, as(sender));
}
