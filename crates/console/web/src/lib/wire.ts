// The same exchange as a gRPC client makes it: method, request and answer as JSON, and the bytes behind them.
import { fromBinary, toJson, type DescMessage, type JsonValue, type MessageShape } from "@bufbuild/protobuf";
import { EnvelopeSchema, HeaderSchema, StatusCodeSchema } from "../gen/truc/v1/document_pb.ts";
import { ReceiptSchema, ReceiptStatementSchema, RefusalSchema, type GetDocumentResponse, type Receipt } from "../gen/truc/v1/exchange_pb.ts";
import { EventKind, EventSchema, type Event } from "../gen/truc/v1/operations_pb.ts";
import { pae, HEADER_TYPE } from "./dsse.ts";

export type GrpcCall = { method: string; request: string; answer: string };

const METHODS: Record<number, string> = {
  [EventKind.DOCUMENT_ACCEPTED]: "ExchangeService/Send", [EventKind.DOCUMENT_REFUSED]: "ExchangeService/Send",
  [EventKind.LEASED]: "ExchangeService/Fetch", [EventKind.ACKNOWLEDGED]: "ExchangeService/Acknowledge",
  [EventKind.STATUS_REPORTED]: "ExchangeService/ReportStatus", [EventKind.AGENCY_CHANGED]: "DirectoryService/UpdateAgency",
  [EventKind.CERTIFICATE_REGISTERED]: "DirectoryService/RegisterCertificate", [EventKind.CERTIFICATE_REVOKED]: "DirectoryService/RevokeCertificate",
  [EventKind.CLOCK_MOVED]: "OperationsService/AdvanceClock", [EventKind.ATTACHMENT_UPLOADED]: "ExchangeService/Upload",
  [EventKind.FAULT_SET]: "OperationsService/SetFault", [EventKind.FAULTS_CLEARED]: "OperationsService/ClearFaults",
  [EventKind.DELIVERY_STUCK]: "ExchangeService/Fetch",
};

const json = (value: JsonValue) => JSON.stringify(value, null, 2);
const told = <Desc extends DescMessage>(schema: Desc, message: MessageShape<Desc>) => toJson(schema, message) as { [key: string]: JsonValue };

/** gRPC names of the codes that refusals have. */
const CODES: Record<number, string> = { 3: "INVALID_ARGUMENT", 5: "NOT_FOUND", 6: "ALREADY_EXISTS", 7: "PERMISSION_DENIED", 8: "RESOURCE_EXHAUSTED", 9: "FAILED_PRECONDITION", 14: "UNAVAILABLE", 16: "UNAUTHENTICATED" };

function answerOf(event: Event, receipt: Receipt | undefined): JsonValue {
  if (event.refusal) return { "grpc-status": CODES[event.refusal.code] ?? event.refusal.code, "google.rpc.ErrorInfo": { domain: "truc", reason: event.reason, metadata: event.refusal.metadata }, refusal: told(RefusalSchema, event.refusal) };
  if (!receipt) return {};
  return { receipt: { ...told(ReceiptSchema, receipt), statement: told(ReceiptStatementSchema, fromBinary(ReceiptStatementSchema, receipt.statement)) } };
}

/** The call that an event tells of. Bytes that are Protobuf themselves are shown as what they hold. */
export function grpcCall(event: Event, document: GetDocumentResponse | undefined, receipt: Receipt | undefined): GrpcCall {
  let request: JsonValue = told(EventSchema, event);
  const { agency } = event;
  switch (event.kind) {
    case EventKind.DOCUMENT_ACCEPTED:
      if (document?.envelope) request = { envelope: { ...told(EnvelopeSchema, document.envelope), header: told(HeaderSchema, fromBinary(HeaderSchema, document.envelope.header)) } };
      break;
    case EventKind.DOCUMENT_REFUSED: request = { envelope: { header: { sender: agency, documentId: event.documentId } } }; break;
    case EventKind.LEASED: request = {}; break;
    case EventKind.ACKNOWLEDGED: request = { deliveryIds: event.deliveryIds.map(String) }; break;
    case EventKind.STATUS_REPORTED: request = { documentId: event.documentId, status: StatusCodeSchema.value[event.status]?.name ?? event.status, description: event.text }; break;
  }
  return { method: `/truc.v1.${METHODS[event.kind] ?? "OperationsService/Observe"}`, request: json(request), answer: json(answerOf(event, receipt)) };
}

export type Bytes = { name: "header" | "signed" | "signature" | "seal" | "statement" | "edxml"; bytes: Uint8Array };

/** The bytes of an exchange, each under a name. */
export function bytesOf(document: GetDocumentResponse | undefined, receipt: Receipt | undefined, edxml: Uint8Array | undefined): Bytes[] {
  const envelope = document?.envelope;
  const all: (Bytes | undefined)[] = [
    envelope && { name: "header", bytes: envelope.header },
    envelope && { name: "signed", bytes: pae(HEADER_TYPE, envelope.header) },
    envelope?.personalSignature && { name: "signature", bytes: envelope.personalSignature.signature },
    envelope?.seal && { name: "seal", bytes: envelope.seal.signature },
    receipt && { name: "statement", bytes: receipt.statement },
    edxml && { name: "edxml", bytes: edxml },
  ];
  return all.filter((one): one is Bytes => !!one);
}

/** Sixteen bytes a line, as hex and as text; what is beyond 64 KiB is left out. */
export function dump(bytes: Uint8Array): string {
  const most = Math.min(bytes.length, 1 << 16);
  const lines = [];
  for (let at = 0; at < most; at += 16) {
    const part = bytes.subarray(at, Math.min(at + 16, most));
    const text = Array.from(part, (byte) => (byte >= 32 && byte < 127 ? String.fromCharCode(byte) : "·")).join("");
    const pairs = Array.from(part, (byte) => byte.toString(16).padStart(2, "0")).join(" ");
    lines.push(`${at.toString(16).padStart(6, "0")}  ${pairs.padEnd(48)} ${text}`);
  }
  if (most < bytes.length) lines.push(`… ${bytes.length - most}`);
  return lines.join("\n");
}
