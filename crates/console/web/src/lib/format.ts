import { timestampDate, type Timestamp } from "@bufbuild/protobuf/wkt";
import type { Date as Day } from "../gen/truc/v1/document_pb.ts";
import { language } from "./i18n.svelte.ts";

const ZONE = "Asia/Ho_Chi_Minh";
const locale = () => (language.now === "vi" ? "vi-VN" : "en-GB");

export function when(time: Timestamp | undefined): string {
  if (!time) return "";
  return new Intl.DateTimeFormat(locale(), {
    timeZone: ZONE, day: "2-digit", month: "2-digit", year: "numeric", hour: "2-digit", minute: "2-digit",
  }).format(timestampDate(time));
}

export function clockTime(time: Timestamp | undefined, seconds = true): string {
  if (!time) return "";
  return new Intl.DateTimeFormat("en-GB", {
    timeZone: ZONE, hour: "2-digit", minute: "2-digit", ...(seconds ? { second: "2-digit" } : {}),
  }).format(timestampDate(time));
}

export const dayOfTime = (time: Timestamp | undefined) =>
  time ? new Intl.DateTimeFormat("en-GB", { timeZone: ZONE, day: "2-digit", month: "2-digit", year: "numeric" }).format(timestampDate(time)) : "";

/** Short for lists: the time today, the day before that. */
export function whenShort(time: Timestamp | undefined): string {
  if (!time) return "";
  const date = timestampDate(time);
  const day = (at: Date) => new Intl.DateTimeFormat("en-CA", { timeZone: ZONE }).format(at);
  if (day(date) === day(new Date())) return clockTime(time, false);
  return new Intl.DateTimeFormat(locale(), { timeZone: ZONE, day: "2-digit", month: "2-digit", year: "2-digit" }).format(date);
}

const two = (number: number) => String(number).padStart(2, "0");

export const dayText = (day: Day | undefined) => (day ? `${two(day.day)}/${two(day.month)}/${day.year}` : "");

/** As a document has it: `ngày 05 tháng 02 năm 2026` (Decree 30/2020, Appendix I). */
export const dayOnDocument = (day: Day | undefined) =>
  day ? `ngày ${two(day.day)} tháng ${day.month < 3 ? two(day.month) : day.month} năm ${day.year}` : "";

export const dayInput = (day: Day | undefined) => (day ? `${day.year}-${two(day.month)}-${two(day.day)}` : "");

export function today(): { year: number; month: number; day: number } {
  return dayOf(new Intl.DateTimeFormat("en-CA", { timeZone: ZONE }).format(new Date()))!;
}

export function dayOf(text: string): { year: number; month: number; day: number } | undefined {
  const [year, month, day] = text.split("-").map(Number);
  return year && month && day ? { year, month, day } : undefined;
}

export const count = (number: number | bigint) => new Intl.NumberFormat(locale()).format(number);

export function size(bytes: bigint | number): string {
  const number = Number(bytes);
  if (number < 1024) return `${number} B`;
  if (number < 1 << 20) return `${count(Math.round(number / 102.4) / 10)} KiB`;
  return `${count(Math.round(number / 104857.6) / 10)} MiB`;
}
