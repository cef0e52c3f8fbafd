// A real document from one agency of the sandbox to another, each step timed. Both are entered for as long as it takes, so that
// they do not answer by themselves; keys are made here and certified as anybody's.
import { create } from "@bufbuild/protobuf";
import type { Duration } from "@bufbuild/protobuf/wkt";
import { ConnectError, createClient } from "@connectrpc/connect";
import { CertificateSubject, type Agency } from "../gen/truc/v1/directory_pb.ts";
import { BusinessAct, DocumentType, RecipientRole, StatusCode, Urgency } from "../gen/truc/v1/document_pb.ts";
import { ExchangeService, SendRequestSchema } from "../gen/truc/v1/exchange_pb.ts";
import { SandboxService } from "../gen/truc/v1/sandbox_pb.ts";
import { transportOf } from "./api.ts";
import { headerBytes, makeHeader, signWith } from "./envelope.ts";
import { today } from "./format.ts";
import { makeKey, type Holder } from "./keys.ts";

export const STEPS = ["enter", "sign", "send", "queue", "verify", "commit", "route", "deliver", "acknowledge", "status", "word", "leave"] as const;
export type StepName = (typeof STEPS)[number];
/** Milliseconds: by the hub's clock for what happens in the hub, by the browser's for a whole call. */
export type Step = { name: StepName; took: number; within?: StepName };
export type Outcome = { documentId: string; steps: Step[]; failure?: unknown };

const STAY = { seconds: 60n, nanos: 0 };
const SIGNER = "Người thử đường truyền";
const holders = new Map<string, { signer: Holder; seal: Holder }>();

type Entered = { agency: Agency; exchange: ReturnType<typeof clientOf>; sandbox: ReturnType<typeof sandboxOf>; visit: string };
const clientOf = (token: () => string) => createClient(ExchangeService, transportOf(token));
const sandboxOf = (token: () => string) => createClient(SandboxService, transportOf(token));

async function enter(accessKey: string, code: string): Promise<Entered> {
  const visit = crypto.randomUUID();
  const { token, agency } = await sandboxOf(() => "").enter({ accessKey, role: { case: "agency", value: code }, visit, stay: STAY });
  return { agency: agency!, exchange: clientOf(() => token), sandbox: sandboxOf(() => token), visit };
}

async function keysOf({ agency, sandbox }: Entered): Promise<{ signer: Holder; seal: Holder }> {
  const known = holders.get(agency.code);
  if (known) return known;
  const make = async (what: { subject: CertificateSubject; fullName?: string; position?: string; capacity?: string }): Promise<Holder> => {
    const { key, publicKey, proof } = await makeKey();
    const { certificate } = await sandbox.issueCertificate({ publicKey, proof, ...what });
    return { id: "", key, name: certificate!.commonName, keyId: certificate!.fingerprint, certificates: [certificate!.der, ...certificate!.issuers] };
  };
  const made = {
    signer: await make({ subject: CertificateSubject.PERSON, fullName: SIGNER, position: "Thủ trưởng", capacity: "head" }),
    seal: await make({ subject: CertificateSubject.SEAL }),
  };
  holders.set(agency.code, made);
  return made;
}

/** Sends, and tells each step as it is done. What fails ends it, after both agencies were left. */
export async function testPath(accessKey: string, from: string, to: string, subject: string, tell: (outcome: Outcome) => void): Promise<Outcome> {
  const outcome: Outcome = { documentId: "", steps: [] };
  const step = (name: StepName, took: number, within?: StepName) => { outcome.steps.push({ name, took, within }); tell(outcome); };
  const timed = async <T>(name: StepName, act: () => Promise<T>): Promise<T> => {
    const begun = performance.now();
    const result = await act();
    step(name, performance.now() - begun);
    return result;
  };
  const inside: Entered[] = [];
  const come = async (code: string) => { const one = await enter(accessKey, code); inside.push(one); return one; };
  try {
    const [sender, receiver] = await timed("enter", async () => {
      const one = await come(from);
      return [one, one.agency.code === to ? one : await come(to)] as const;
    });
    const keys = await keysOf(sender);
    const header = makeHeader({
      sender: sender.agency.code, recipients: [{ agency: receiver.agency.code, role: RecipientRole.TO_KNOW }],
      number: BigInt(Math.floor(Date.now() / 1000) % 1_000_000 + 1), notation: "TĐT-VP", issuedOn: today(), documentType: DocumentType.OFFICIAL_LETTER,
      subject, signer: { competence: "", position: "Thủ trưởng", fullName: SIGNER }, urgency: Urgency.EXPRESS, dueOn: undefined, act: BusinessAct.NEW,
      actTargets: [], actReason: "", inReplyTo: [], paperFollows: false, place: "", otherPlaces: [],
    }, []);
    outcome.documentId = header.documentId;
    const bytes = headerBytes(header);
    const [person, seal] = await timed("sign", () => Promise.all([signWith(keys.signer, bytes), signWith(keys.seal, bytes)]));
    const request = create(SendRequestSchema, { envelope: { header: bytes, personalSignature: person, seal }, timed: true });
    const { times } = await timed("send", () => sender.exchange.send(request));
    // With its microseconds: a stage takes a few hundred of them.
    const hub = (name: StepName, took: Duration | undefined) => { if (took) step(name, Number(took.seconds) * 1000 + took.nanos / 1e6, "send"); };
    hub("queue", times?.queue);
    hub("verify", times?.verify);
    hub("commit", times?.commit);
    hub("route", times?.route);
    const delivery = await timed("deliver", () => deliveryOf(receiver, header.documentId));
    await timed("acknowledge", () => receiver.exchange.acknowledge({ deliveryIds: [delivery] }));
    await timed("status", () => receiver.exchange.reportStatus({ documentId: header.documentId, status: StatusCode.ACCEPTED }));
    await timed("word", () => wordOf(sender, header.documentId));
  } catch (error) {
    outcome.failure = ConnectError.from(error);
  }
  const begun = performance.now();
  for (const one of inside) await one.sandbox.leave({ visit: one.visit }).catch(() => undefined);
  step("leave", performance.now() - begun);
  return outcome;
}

/** Takes the delivery of this document, and no other. */
async function deliveryOf({ exchange, agency }: Entered, documentId: string): Promise<bigint> {
  const { recipients } = await exchange.track({ documentId });
  const deliveryId = recipients.find((one) => one.agency === agency.code)!.deliveryId;
  const { deliveries } = await exchange.fetch({ deliveryIds: [deliveryId], headersOnly: true });
  if (!deliveries.length) throw new Error(`delivery ${deliveryId} was taken by somebody else`);
  return deliveryId;
}

/** Takes the word of statuses about this document from the sender's mailbox: that it was accepted stands last. */
async function wordOf({ exchange }: Entered, documentId: string): Promise<void> {
  let pageToken = "";
  const ids: bigint[] = [];
  do {
    const page = await exchange.listDeliveries({ pageSize: 1000, pageToken });
    ids.push(...page.deliveries.filter((one) => one.documentId === documentId && one.status).map((one) => one.deliveryId));
    pageToken = page.nextPageToken;
  } while (pageToken);
  if (!ids.length) throw new Error(`no word of a status of ${documentId} came back`);
  await exchange.fetch({ deliveryIds: ids, headersOnly: true });
  await exchange.acknowledge({ deliveryIds: ids });
}
