// What was reported in 2020 is as the scenario of the seven provinces has it.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { Level } from "../src/gen/truc/v1/directory_pb.ts";
import { REPORTED } from "../src/lib/taskforce.ts";

test("reported figures are those of the scenario, in its order", () => {
  const text = readFileSync(new URL("../../../../simulations/seven-provinces-2020.toml", import.meta.url), "utf8");
  const value = (block: string, key: string) => new RegExp(`^${key} = (.*)$`, "m").exec(block)?.[1]?.replace(/"/g, "");
  const blocks = text.split(/^\[\[expected\]\]$/m).slice(1).map((block) => block.split(/^\[/m)[0]!);
  const levels: Record<string, Level> = { province: Level.PROVINCE, district: Level.DISTRICT, commune: Level.COMMUNE };
  const expected = blocks.map((block) => ({
    figure: value(block, "figure"), province: value(block, "province"), level: levels[value(block, "level") ?? ""],
    values: JSON.parse(value(block, "values")!) as number[], note: value(block, "note"),
  }));
  const told = REPORTED.map(({ figure, province, level, values, note }) => ({ figure: figure as string, province, level, values, note }));
  assert.deepEqual(told, expected);
});
