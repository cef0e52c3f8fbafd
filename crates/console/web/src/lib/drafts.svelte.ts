// What is being written. It stays in this tab through reloads and restarts of the hub; attachments stay until a reload.
import { DocumentType, RecipientRole, Urgency, BusinessAct } from "../gen/truc/v1/document_pb.ts";
import type { Attached } from "./attached.svelte.ts";

export type Draft = {
  type: DocumentType;
  number: string;
  notation: string;
  urgency: Urgency;
  subject: string;
  dueOn: string;
  place: string;
  otherPlaces: string;
  paperFollows: boolean;
  recipients: { agency: string; role: RecipientRole }[];
  act: BusinessAct;
  targets: string[];
  reason: string;
  replyTo: string[];
};

const STORED = "draft";

export const emptyDraft = (): Draft => ({
  type: DocumentType.OFFICIAL_LETTER, number: "", notation: "", urgency: Urgency.NORMAL, subject: "", dueOn: "", place: "",
  otherPlaces: "", paperFollows: false, recipients: [], act: BusinessAct.NEW, targets: [], reason: "", replyTo: [],
});

const kept = sessionStorage.getItem(STORED);

export const writing = $state<{ draft: Draft; attachments: Attached[] }>({
  draft: kept ? { ...emptyDraft(), ...(JSON.parse(kept) as Draft) } : emptyDraft(),
  attachments: [],
});

export function keepDraft() {
  sessionStorage.setItem(STORED, JSON.stringify(writing.draft));
}

export function newDraft(given: Partial<Draft> = {}) {
  writing.draft = { ...emptyDraft(), ...given };
  for (const one of writing.attachments) one.remove();
  writing.attachments = [];
  keepDraft();
}
