// How events of the journal are called and coloured.
import type { Key } from "./i18n.svelte.ts";

export const EVENT_KEYS: Record<number, Key> = {
  1: "event.1", 2: "event.2", 3: "event.3", 4: "event.4", 5: "event.5", 6: "event.6", 7: "event.7", 8: "event.8", 9: "event.9", 10: "event.10", 11: "event.11", 12: "event.12", 13: "event.13",
};

const TONES: Record<number, string> = { 1: "good", 2: "bad", 4: "accent", 5: "accent", 8: "bad", 11: "warn", 13: "bad" };
export const eventTone = (kind: number) => TONES[kind] ?? "";
