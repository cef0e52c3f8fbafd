import { vi } from "../strings/vi.ts";
import { en } from "../strings/en.ts";

export type Key = keyof typeof vi;
export type Lang = "vi" | "en";

const TABLES: Record<Lang, Record<Key, string>> = { vi, en };
const kept = localStorage.getItem("lang");

export const language = $state<{ now: Lang }>({ now: kept === "en" ? "en" : "vi" });

export function setLanguage(lang: Lang) {
  language.now = lang;
  localStorage.setItem("lang", lang);
  document.documentElement.lang = lang;
}

/** A string in the language of now; `{name}` stands for a value. */
export function t(key: Key, values: Record<string, string | number | bigint> = {}): string {
  return TABLES[language.now][key].replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}
