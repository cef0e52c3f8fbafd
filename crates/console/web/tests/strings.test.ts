// Both languages have the same texts, with the same values in them, and every text that the console names is there.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { en } from "../src/strings/en.ts";
import { vi } from "../src/strings/vi.ts";

const values = (text: string) => (text.match(/\{\w+\}/g) ?? []).sort();

test("both languages have the same texts", () => {
  assert.deepEqual(Object.keys(en).sort(), Object.keys(vi).sort());
  for (const [key, text] of Object.entries(vi)) {
    const other = en[key as keyof typeof vi];
    assert.ok(text.trim() && other.trim(), `${key} is empty`);
    assert.deepEqual(values(other), values(text), key);
    assert.equal(text, text.normalize("NFC"), `${key} is not NFC`);
  }
});

test("no text is left over", () => {
  const folder = new URL("../src", import.meta.url).pathname;
  const sources = readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => /\.(svelte|ts)$/.test(name) && !/^(strings|gen)/.test(name))
    .map((name) => readFileSync(join(folder, name), "utf8")).join("\n");
  // Keys that are put together: `capacity.${…}`.
  const made = [...sources.matchAll(/`([a-z.-]+)\$\{/g)].map(([, prefix]) => prefix!);
  const unused = Object.keys(vi).filter((key) => !sources.includes(`"${key}"`) && !made.some((prefix) => prefix && key.startsWith(prefix)));
  assert.deepEqual(unused, []);
});
