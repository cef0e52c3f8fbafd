// axe-core in the page: put in by the browser's debugger, which the page's policy does not bind.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Page } from "playwright-core";

const source = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

type Found = { violations: { id: string; help: string; nodes: { html: string; failureSummary: string }[] }[] };

export class AxeBuilder {
  constructor(private page: Page) {}

  async violations(): Promise<string[]> {
    await this.page.evaluate(source);
    const { violations } = await this.page.evaluate(() => (window as unknown as { axe: { run: () => Promise<Found> } }).axe.run());
    return violations.flatMap(({ id, help, nodes }) => nodes.map((node) => `${id}: ${help}: ${node.html.slice(0, 160)} ${node.failureSummary.replace(/\s+/g, " ").slice(0, 200)}`));
  }
}
