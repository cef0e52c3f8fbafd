// A sandbox of its own for a test, and browsers that look at it.
import { execFileSync, spawn, spawnSync, type ChildProcess } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { AxeBuilder } from "./axe.ts";
import { chromium, type Browser, type BrowserContext, type Page } from "playwright-core";

const TRUC = process.env.TRUC_BIN ?? new URL("../../../../../target/debug/truc", import.meta.url).pathname;
const CHROMIUM = process.env.CHROMIUM ?? "/usr/bin/chromium";
/** Where pictures of the pages go, when anywhere. */
const SHOTS = process.env.TRUC_SHOTS;

export type Options = { lang?: "vi" | "en"; theme?: "light" | "dark"; viewport?: { width: number; height: number } };

export class Sandbox {
  private complaints: string[] = [];
  private constructor(private process: ChildProcess, readonly folder: string, readonly link: string, private browser: Browser) {}

  static async start(): Promise<Sandbox> {
    const folder = mkdtempSync(join(tmpdir(), "truc-console-"));
    const { process, link } = await serve(folder, "127.0.0.1:0");
    const browser = await chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox", "--disable-dev-shm-usage"] });
    return new Sandbox(process, folder, link, browser);
  }

  get address() {
    return new URL(this.link).host;
  }

  /** A command of `truc` in this sandbox; what it prints. A refusal is an answer too. */
  run(...words: string[]): string {
    try {
      return execFileSync(TRUC, [...words, "--data", this.folder], { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
    } catch (error) {
      return String((error as { stderr: string }).stderr);
    }
  }

  /** A command as the console shows it, by a shell; what it prints, and how it ended. */
  shell(command: string): { text: string; code: number } {
    const ran = spawnSync("sh", ["-c", command.replace(/^truc /, '"$TRUC_BIN" ')], { encoding: "utf8", env: { ...globalThis.process.env, TRUC_BIN: TRUC, TRUC_DATA: this.folder } });
    return { text: ran.stdout + ran.stderr, code: ran.status ?? -1 };
  }

  /** Ends the hub and starts it again at the same address. */
  async restart(whileAway: () => Promise<void>) {
    await ended(this.process);
    await whileAway();
    this.process = (await serve(this.folder, this.address)).process;
  }

  /** A browser session of its own: other cookies, other storage, other keys. */
  async open({ lang = "vi", theme = "light", viewport = { width: 1366, height: 768 } }: Options = {}): Promise<Page> {
    const context: BrowserContext = await this.browser.newContext({ viewport, colorScheme: theme, locale: lang === "vi" ? "vi-VN" : "en-GB", timezoneId: "Asia/Ho_Chi_Minh", permissions: ["clipboard-read", "clipboard-write"] });
    await context.addInitScript((given) => localStorage.setItem("lang", given), lang);
    const page = await context.newPage();
    page.setDefaultTimeout(20_000);
    page.on("console", (message) => { if (["error", "warning"].includes(message.type())) this.complaints.push(message.text()); });
    page.on("pageerror", (error) => this.complaints.push(String(error)));
    page.on("request", (request) => { if (!/^(http:\/\/127\.0\.0\.1|data:|blob:|chrome(-extension)?:)/.test(request.url())) this.complaints.push(`left the machine: ${request.url()}`); });
    await page.goto(this.link);
    return page;
  }

  /** A session in which somebody works for an agency. */
  async enter(code: string, name: string, options: Options = {}): Promise<Page> {
    const page = await this.open(options);
    const agency = page.getByRole("combobox", { name: /Cơ quan|Agency/ });
    await agency.fill(code);
    await page.getByRole("option", { name: new RegExp(`\\b${code.replace(/\./g, "\\.")}\\b(?!\\.)`) }).first().click();
    await page.getByLabel(/Họ và tên|Full name/).fill(name);
    await page.getByRole("button", { name: /Vào làm việc|^Enter$/ }).click();
    await page.locator("#main").waitFor();
    return page;
  }

  async enterAsOperator(options: Options = {}): Promise<Page> {
    const page = await this.open(options);
    await page.getByText(/^(Người vận hành|Operator)$/).click();
    await page.getByRole("button", { name: /Vào làm việc|^Enter$/ }).click();
    await page.locator("#main").waitFor();
    return page;
  }

  /** What browsers complained of since it was asked last; a hub that was ended on purpose is no complaint. */
  complained(): string[] {
    const complaints = this.complaints;
    this.complaints = [];
    return complaints;
  }

  async stop() {
    await this.browser.close();
    await ended(this.process);
    rmSync(this.folder, { recursive: true, force: true });
  }
}

async function serve(folder: string, listen: string) {
  const process = spawn(TRUC, ["up", "--listen", listen, "--data", folder, "--format", "json", "--seed", "7"], { stdio: ["ignore", "pipe", "inherit"] });
  let text = "";
  for await (const line of createInterface({ input: process.stdout! })) {
    text += line;
    try {
      return { process, link: (JSON.parse(text) as { console: string }).console };
    } catch {
      // Not all of it yet.
    }
  }
  throw new Error(`the sandbox ended: ${text}`);
}

function ended(process: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    process.once("exit", () => resolve());
    process.kill("SIGINT");
  });
}

export async function shot(page: Page, name: string) {
  if (!SHOTS) return;
  mkdirSync(SHOTS, { recursive: true });
  await page.screenshot({ path: join(SHOTS, `${name}.png`) });
}

/** What a check of accessibility finds, in words. */
export const violations = (page: Page) => new AxeBuilder(page).violations();
