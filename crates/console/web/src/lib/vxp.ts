// The same exchange as a system behind the VXP gateway makes it: docs/vxp.md. The package itself comes from the API.
import { EventKind, type Event } from "../gen/truc/v1/operations_pb.ts";
import { hex, sha256 } from "./bytes.ts";

/** One HTTP call of the library and its answer. */
export type VxpCall = { title: string; request: string; answer: string };

const PREFIX = "XroadVnpt-";
/** Base64 is shown so far, characters. */
const SHOWN = 96;

/** The axis's id of one package for one receiver, as the gateway makes it: the delivery's number, and who receives. */
export async function docIdOf(agency: string, delivery: bigint): Promise<string> {
  const tag = await sha256(new TextEncoder().encode(agency));
  return delivery.toString(16).padStart(16, "0") + hex(tag.subarray(0, 4));
}

/** SHA-256 as the library prints it: without the leading zero of each byte. */
export const hashFile = (digest: Uint8Array) => Array.from(digest, (byte) => byte.toString(16)).join("");

function base64(bytes: Uint8Array): string {
  const size = Math.ceil(bytes.length / 3) * 4;
  const text = btoa(String.fromCharCode(...bytes.subarray(0, (SHOWN / 4) * 3)));
  return size > SHOWN ? `${text}… (${size})` : text;
}

function call(path: string, headers: Record<string, string>, body: string, type = "application/json"): string {
  const method = path.startsWith("/vxp/download") ? "GET" : "POST";
  const names = Object.keys(headers);
  const signed = ["systemid", "timestamp", ...names].join(";");
  return [
    `${method} ${path} HTTP/1.1`,
    `Content-Type: ${type}`,
    `${PREFIX}systemid: <systemid>`,
    `${PREFIX}timestamp: <ddMMyyyyTHHmmss+SSSS>`,
    ...names.map((name) => `${PREFIX}${name}: ${headers[name]}`),
    `${PREFIX}sign-header-key: ${signed}`,
    `${PREFIX}sign-header: {…}`,
    `${PREFIX}hash-header: HMAC-SHA-256`,
    "",
    body,
  ].join("\n").trimEnd();
}

const answer = (fields: object) => JSON.stringify(fields, null, 2);
const good = { status: "OK", ErrorCode: "0", ErrorDesc: "" };

/** What is known of an exchange beside its event. */
export type Known = {
  package?: Uint8Array;
  /** Deliveries by receiver. */
  deliveries: { agency: string; deliveryId: bigint }[];
  /** Number of the gateway for a refusal, from the guide. */
  code?: string;
  titles: Record<"send" | "list" | "get" | "update" | "status", string>;
};

/** The calls, first to last. Receivers beyond the third do the same. */
export async function vxpCalls(event: Event, known: Known): Promise<VxpCall[]> {
  const { titles } = known;
  const file = known.package;
  const hash = file ? hashFile(await sha256(file)) : "<SHA-256>";
  const sending = (messagetype: "edoc" | "status") =>
    call("/vxp/sendEdoc", { from: event.agency, servicetype: "eDoc", messagetype, "hash-file": hash }, `<edXML, ${file?.length ?? 0} byte> CR LF`, "application/octet-stream");
  switch (event.kind) {
    case EventKind.DOCUMENT_ACCEPTED: {
      const calls = [{ title: titles.send, request: sending("edoc"), answer: answer({ ...good, DocId: event.documentId }) }];
      for (const { agency, deliveryId } of known.deliveries.slice(0, 3)) {
        const docId = await docIdOf(agency, deliveryId);
        const row = { docId, serviceType: "eDoc", messageType: "edoc", from: event.agency, to: agency };
        calls.push({ title: `${titles.list} · ${agency}`, request: call("/vxp/getReceivedEdocList", { servicetype: "eDoc", messagetype: "edoc" }, ""), answer: answer({ ...good, data: [row] }) });
        calls.push({ title: `${titles.get} · ${agency}`, request: call("/vxp/getEdoc", { docId }, "{}"), answer: answer({ ...good, data: file ? base64(file) : "" }) });
      }
      return calls;
    }
    case EventKind.DOCUMENT_REFUSED:
      return [{ title: titles.send, request: sending("edoc"), answer: answer({ status: "FAIL", ErrorCode: known.code ?? "20", ErrorDesc: event.refusal?.message ?? event.text, DocId: "" }) }];
    case EventKind.LEASED:
      return [{ title: titles.list, request: call("/vxp/getReceivedEdocList", { servicetype: "eDoc", messagetype: "edoc" }, ""), answer: answer({ ...good, data: ["…"] }) }];
    case EventKind.ACKNOWLEDGED:
      return Promise.all(event.deliveryIds.slice(0, 3).map(async (id) => ({
        title: titles.update, request: call("/vxp/updateStatus", { docId: await docIdOf(event.agency, id), status: "done" }, "{}"), answer: answer(good),
      })));
    case EventKind.STATUS_REPORTED:
      return [{ title: titles.status, request: sending("status"), answer: answer({ ...good, DocId: event.documentId }) }];
    default:
      return [];
  }
}

/** The number under which the gateway answers a reason of the hub, from the table of its guide. */
export function codeOf(guide: string, reason: string, field: string): string | undefined {
  const rows = guide.split("\n").filter((line) => /^\| \d+ \|/.test(line) && line.includes(`\`${reason}\``));
  const numbers = rows.map((line) => /^\| (\d+)/.exec(line)![1]!);
  // A wrong code is a receiver's (18) or the sender's (19).
  return numbers.length > 1 ? numbers[field.startsWith("header.recipients") ? 0 : 1] : numbers[0];
}
