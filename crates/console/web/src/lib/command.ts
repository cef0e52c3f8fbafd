// The same by hand: a `truc` command for what is seen in the stream.
import { BusinessAct, Urgency, type Header } from "../gen/truc/v1/document_pb.ts";
import { EventKind, type Event } from "../gen/truc/v1/operations_pb.ts";
import { DOCUMENT_TYPES } from "./domain.ts";
import { dayInput } from "./format.ts";

/** A word of a POSIX shell. */
export const quoted = (text: string) => (/^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replace(/'/g, "'\\''")}'`);

const URGENCY: Record<number, string> = { [Urgency.URGENT]: "urgent", [Urgency.VERY_URGENT]: "very-urgent", [Urgency.EXPRESS]: "express" };
const ACT: Record<number, string> = { [BusinessAct.RECALL]: "--recall", [BusinessAct.UPDATE]: "--update", [BusinessAct.REPLACE]: "--replace" };

/** Words that send a document like this one; its files are to lie in the folder of the command. */
function send(header: Header, signed: boolean): string[] {
  const words = ["truc", "send", "--as", header.sender];
  for (const { agency } of header.recipients) words.push("--to", agency);
  words.push("--subject", header.subject);
  const type = DOCUMENT_TYPES[header.documentType]?.name;
  if (type) words.push("--type", type);
  if (URGENCY[header.urgency]) words.push("--urgency", URGENCY[header.urgency]!);
  words.push("--notation", header.notation);
  if (header.dueOn) words.push("--due", dayInput(header.dueOn));
  for (const id of header.inReplyTo) words.push("--reply-to", id);
  if (ACT[header.act] && header.actTargets[0]) words.push(ACT[header.act]!, header.actTargets[0], "--reason", header.actReason);
  for (const { name } of header.attachments) words.push("--attach", name);
  if (header.paperFollows) words.push("--paper");
  if (!signed) words.push("--unsigned");
  return words;
}

function words(event: Event, header: Header | undefined, signed: boolean): string[] {
  const by = event.agency ? ["--as", event.agency] : [];
  const ids = event.deliveryIds.map(String);
  switch (event.kind) {
    case EventKind.DOCUMENT_ACCEPTED: return header ? send(header, signed) : [];
    case EventKind.DOCUMENT_REFUSED: return ["truc", "agency", "show", event.refusal?.metadata.nearest?.split(" ")[0] || event.agency];
    case EventKind.LEASED: return ["truc", "fetch", ...by];
    case EventKind.ACKNOWLEDGED: return ["truc", "ack", ...ids, ...by];
    case EventKind.STATUS_REPORTED: {
      const why = event.text ? ["--description", event.text] : [];
      return ["truc", "status", event.documentId, String(event.status).padStart(2, "0"), ...why, ...by];
    }
    case EventKind.DELIVERY_STUCK: return ["truc", "inbox", ...by];
    case EventKind.AGENCY_CHANGED: return ["truc", "agency", "show", event.agency];
    case EventKind.FAULT_SET: return ["truc", "fault", "list"];
    case EventKind.FAULTS_CLEARED: return ["truc", "fault", "clear", ...(event.text ? [event.text] : ["--all"])];
    default: return [];
  }
}

/** Empty where there is no such command. */
export const commandOf = (event: Event, header: Header | undefined, signed = true) => words(event, header, signed).map(quoted).join(" ");
