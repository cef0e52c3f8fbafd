// What the law names: types of documents with their abbreviations (Decree 30/2020/NĐ-CP, Article 7 and Appendix III),
// urgency, statuses (QCVN 102:2016), levels. Names of documents stay Vietnamese in both languages of the console.
import { DocumentType, Urgency, StatusCode, type Header } from "../gen/truc/v1/document_pb.ts";
import { Level } from "../gen/truc/v1/directory_pb.ts";
import type { Key } from "./i18n.svelte.ts";

type Named = { name: string; short: string };

export const DOCUMENT_TYPES: Record<number, Named> = {
  [DocumentType.OFFICIAL_LETTER]: { name: "Công văn", short: "" },
  [DocumentType.RESOLUTION]: { name: "Nghị quyết", short: "NQ" },
  [DocumentType.DECISION]: { name: "Quyết định", short: "QĐ" },
  [DocumentType.DIRECTIVE]: { name: "Chỉ thị", short: "CT" },
  [DocumentType.STATUTE]: { name: "Quy chế", short: "QC" },
  [DocumentType.REGULATION]: { name: "Quy định", short: "QyĐ" },
  [DocumentType.COMMUNIQUE]: { name: "Thông cáo", short: "TC" },
  [DocumentType.NOTICE]: { name: "Thông báo", short: "TB" },
  [DocumentType.GUIDELINE]: { name: "Hướng dẫn", short: "HD" },
  [DocumentType.PROGRAMME]: { name: "Chương trình", short: "CTr" },
  [DocumentType.PLAN]: { name: "Kế hoạch", short: "KH" },
  [DocumentType.SCHEME]: { name: "Phương án", short: "PA" },
  [DocumentType.PROPOSAL]: { name: "Đề án", short: "ĐA" },
  [DocumentType.PROJECT]: { name: "Dự án", short: "DA" },
  [DocumentType.REPORT]: { name: "Báo cáo", short: "BC" },
  [DocumentType.MINUTES]: { name: "Biên bản", short: "BB" },
  [DocumentType.SUBMISSION]: { name: "Tờ trình", short: "TTr" },
  [DocumentType.CONTRACT]: { name: "Hợp đồng", short: "HĐ" },
  [DocumentType.TELEGRAM]: { name: "Công điện", short: "CĐ" },
  [DocumentType.MEMORANDUM]: { name: "Bản ghi nhớ", short: "BGN" },
  [DocumentType.AGREEMENT]: { name: "Bản thỏa thuận", short: "BTT" },
  [DocumentType.POWER_OF_ATTORNEY]: { name: "Giấy ủy quyền", short: "GUQ" },
  [DocumentType.INVITATION]: { name: "Giấy mời", short: "GM" },
  [DocumentType.INTRODUCTION]: { name: "Giấy giới thiệu", short: "GGT" },
  [DocumentType.LEAVE_PERMIT]: { name: "Giấy nghỉ phép", short: "GNP" },
  [DocumentType.SENDING_SLIP]: { name: "Phiếu gửi", short: "PG" },
  [DocumentType.TRANSFER_SLIP]: { name: "Phiếu chuyển", short: "PC" },
  [DocumentType.NOTICE_SLIP]: { name: "Phiếu báo", short: "PB" },
  [DocumentType.OFFICIAL_CORRESPONDENCE]: { name: "Thư công", short: "" },
};

export const URGENCIES = [Urgency.NORMAL, Urgency.URGENT, Urgency.VERY_URGENT, Urgency.EXPRESS] as const;
export const URGENCY_KEYS: Record<number, Key> = {
  [Urgency.NORMAL]: "urgency.normal", [Urgency.URGENT]: "urgency.urgent",
  [Urgency.VERY_URGENT]: "urgency.very-urgent", [Urgency.EXPRESS]: "urgency.express",
};
export const urgencyTone = (urgency: Urgency) =>
  urgency === Urgency.EXPRESS ? "bad" : urgency >= Urgency.URGENT ? "warn" : "";

export const STATUS_KEYS: Record<number, Key> = {
  0: "status.0", 1: "status.1", 2: "status.2", 3: "status.3", 4: "status.4", 5: "status.5", 6: "status.6",
  13: "status.13", 15: "status.15", 16: "status.16",
};
export const statusTone = (status: StatusCode) =>
  status === StatusCode.FINISHED || status === StatusCode.AGREED ? "good"
  : status === StatusCode.REFUSED || status === StatusCode.DECLINED ? "bad"
  : status >= StatusCode.ACCEPTED && status <= StatusCode.PROCESSING ? "accent"
  : status === StatusCode.TAKE_BACK ? "warn" : "";

/** What a receiver may report next: 01 → 02, or 01 → 03 → 04 → 05 → 06 where 04 and 05 may be left out or repeated. */
export function nextStatuses(now: StatusCode): StatusCode[] {
  const { ARRIVED, REFUSED, ACCEPTED, ASSIGNED, PROCESSING, FINISHED } = StatusCode;
  if (now === ARRIVED) return [ACCEPTED, REFUSED];
  if (now === ACCEPTED || now === ASSIGNED) return [ASSIGNED, PROCESSING, FINISHED];
  if (now === PROCESSING) return [ASSIGNED, FINISHED];
  return [];
}

export const LEVELS = [Level.CENTRAL, Level.PROVINCE, Level.DISTRICT, Level.COMMUNE] as const;
export const LEVEL_KEYS: Record<number, Key> = {
  [Level.CENTRAL]: "level.central", [Level.PROVINCE]: "level.province",
  [Level.DISTRICT]: "level.district", [Level.COMMUNE]: "level.commune",
};

/** Number and notation as they stand on a document, such as `123/QĐ-UBND`. */
export const numberOf = (header: Pick<Header, "number" | "notation">) => `${header.number}/${header.notation}`;

/** Initials of an agency's name as notations have them: `Ủy ban nhân dân tỉnh Thái Bình` → `UBND`, `Sở Nội vụ` → `SNV`. */
export function abbreviation(name: string): string {
  if (/^ủy ban nhân dân/iu.test(name)) return "UBND";
  if (/^hội đồng nhân dân/iu.test(name)) return "HĐND";
  const own = name.split(/[,(]/u)[0]!.trim().split(/\s+/u);
  const letters = own.filter((word) => /\p{L}/u.test(word)).map((word) => word[0]!.toUpperCase()).join("");
  return letters.slice(0, 8) || "VP";
}

/** The notation that a type asks for: `QĐ-UBND`, and for an official letter `UBND-VP`. */
export function notationOf(type: DocumentType, agency: string): string {
  const { short } = DOCUMENT_TYPES[type] ?? { short: "" };
  return short ? `${short}-${abbreviation(agency)}` : `${abbreviation(agency)}-VP`;
}
