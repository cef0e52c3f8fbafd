// From a draft to an envelope: the header's bytes are made once, signed, and travel as they are.
import { create, toBinary } from "@bufbuild/protobuf";
import { timestampNow } from "@bufbuild/protobuf/wkt";
import { AttachmentSchema, BusinessAct, HeaderSchema, RecipientSchema, SignerSchema, DateSchema, SteeringType, SystemKind, type DocumentType, type Header, type RecipientRole, type Urgency } from "../gen/truc/v1/document_pb.ts";
import { exchange } from "./api.ts";
import type { Attached } from "./attached.svelte.ts";
import { HEADER_TYPE } from "./dsse.ts";
import { sign, type Holder } from "./keys.ts";

type Day = { year: number; month: number; day: number };

/** What a person decides about a document. */
export type Content = {
  sender: string;
  recipients: { agency: string; role: RecipientRole }[];
  number: bigint;
  notation: string;
  issuedOn: Day;
  documentType: DocumentType;
  subject: string;
  signer: { competence: string; position: string; fullName: string };
  urgency: Urgency;
  dueOn: Day | undefined;
  act: BusinessAct;
  actTargets: string[];
  actReason: string;
  inReplyTo: string[];
  paperFollows: boolean;
  place: string;
  otherPlaces: string[];
};

export function makeHeader(given: Content, attachments: Attached[]): Header {
  return create(HeaderSchema, {
    documentId: crypto.randomUUID(),
    steeringType: SteeringType.NONE,
    system: SystemKind.DOCUMENT_MANAGEMENT,
    language: "vi",
    createdAt: timestampNow(),
    ...given,
    recipients: given.recipients.map((one) => create(RecipientSchema, one)),
    signer: create(SignerSchema, given.signer),
    issuedOn: create(DateSchema, given.issuedOn),
    dueOn: given.dueOn && create(DateSchema, given.dueOn),
    attachments: attachments.map((one) => create(AttachmentSchema, {
      sha256: one.sha256, size: BigInt(one.size), name: one.name, contentType: one.contentType,
    })),
  });
}

export type Signed = { header: Uint8Array; person?: Signature; seal?: Signature };
type Signature = { keyId: Uint8Array; signature: Uint8Array; certificates: Uint8Array[] };

export async function signWith(holder: Holder, header: Uint8Array): Promise<Signature> {
  const { key, keyId, certificates } = holder;
  return { keyId, certificates, signature: await sign(key, HEADER_TYPE, header) };
}

export const headerBytes = (header: Header) => toBinary(HeaderSchema, header);

export function send(signed: Signed, attachments: Attached[]) {
  return exchange.send({
    envelope: {
      header: signed.header,
      personalSignature: signed.person,
      seal: signed.seal,
      inlineAttachments: attachments.flatMap(({ sha256, content }) => (content ? [{ sha256, content }] : [])),
    },
  });
}
