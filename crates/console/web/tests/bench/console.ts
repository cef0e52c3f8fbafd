// Measures the console in a browser, against a sandbox with the whole country: what the first load weighs and how long it takes, and how
// many frames a second the overview draws while documents come at 500 a second. It asserts nothing: `make console-bench`.
import { spawn, type ChildProcess } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { chromium, type Browser, type Page } from "playwright-core";

const ROOT = new URL("../../../../../", import.meta.url).pathname;
const TRUC = process.env.TRUC_BIN ?? join(ROOT, "target/release/truc");
const RATE = Number(process.env.CONSOLE_BENCH_RATE ?? 500);
const SECONDS = Number(process.env.CONSOLE_BENCH_SECONDS ?? 20);
const LOADS = 5;
/** Where the hub listens, and who serves the pages where it is not the hub itself (`vite preview`). */
const LISTEN = process.env.CONSOLE_BENCH_LISTEN ?? "127.0.0.1:0";
const PAGES = process.env.CONSOLE_BENCH_PAGES;
const folder = mkdtempSync(join(tmpdir(), "truc-console-bench-"));

/** The morning peak at a flat rate over the whole country, a receiver each, taken by nobody while it lasts: the hub takes documents and little else. */
function scenario(): string {
  const text = readFileSync(join(ROOT, "simulations/morning-peak.toml"), "utf8")
    .replace(/^topology = .*$/m, `topology = ${JSON.stringify(join(ROOT, "simulations/topologies/vietnam-63.toml"))}`)
    .replace(/^(from|to) = 2020-09-07$/gm, "$1 = 2030-09-09")
    .replace(/^stages = \[[^]*?^\]/m, `stages = [{ lasts = "${SECONDS + 45}s", documents-per-second = ${RATE} }]`)
    .replace(/^fan-out = .*$/gm, "fan-out = [1, 1]")
    .replace(/^reach = \["\d+s", "\d+s"\]$/gm, 'reach = ["1h", "2h"]')
    .replace(/^\[\[threshold\]\][^]*?(?=^\[|(?![^]))/gm, "");
  const file = join(folder, "load.toml");
  writeFileSync(file, text);
  return file;
}

function start(words: string[]): ChildProcess {
  return spawn(TRUC, words, { stdio: ["ignore", "pipe", "inherit"] });
}

async function up(): Promise<{ hub: ChildProcess; address: string; link: string }> {
  const hub = start(["up", "--listen", LISTEN, "--data", join(folder, "sandbox"), "--topology", "vietnam-63", "--silent", "--seed", "7", "--format", "json"]);
  let text = "";
  for await (const line of createInterface({ input: hub.stdout! })) {
    text += line;
    try {
      const { console: link } = JSON.parse(text) as { console: string };
      return { hub, address: new URL(link).origin, link: PAGES ? `${PAGES}/${new URL(link).hash}` : link };
    } catch {
      // Not all of it yet.
    }
  }
  throw new Error("the sandbox ended");
}

const median = (values: number[]) => [...values].sort((one, other) => one - other)[Math.floor(values.length / 2)]!;

/** A first visit: bytes as they come over the wire, and the time until somebody could type. */
async function firstLoad(browser: Browser, link: string): Promise<{ bytes: number; ms: number }> {
  const context = await browser.newContext();
  const page = await context.newPage();
  const session = await context.newCDPSession(page);
  await session.send("Network.enable");
  let bytes = 0;
  session.on("Network.loadingFinished", ({ encodedDataLength }) => (bytes += encodedDataLength));
  const begun = performance.now();
  await page.goto(link, { waitUntil: "commit" });
  await page.getByRole("button", { name: /Vào làm việc|^Enter$/ }).waitFor();
  const ms = performance.now() - begun;
  await page.waitForLoadState("networkidle");
  await context.close();
  return { bytes, ms };
}

// As text: what a compiler adds to functions is not in the page.
const FRAMES = `(seconds) => new Promise((resolve) => {
  const pauses = [];
  const begun = performance.now();
  let last = begun;
  const tick = (now) => {
    pauses.push(now - last);
    last = now;
    if (now - begun < seconds * 1000) return void requestAnimationFrame(tick);
    pauses.sort((one, other) => one - other);
    resolve({ fps: (pauses.length * 1000) / (now - begun), p95: pauses[Math.floor(pauses.length * 0.95)], longest: pauses.at(-1) });
  };
  requestAnimationFrame(tick);
})`;

/** Frames a second over a time; the pause between two that 95 of 100 do not exceed, and the longest. */
const frames = (page: Page, seconds: number) => page.evaluate<{ fps: number; p95: number; longest: number }>(`(${FRAMES})(${seconds})`);

/** Documents a second, as the hub counts them. */
async function documents(page: Page): Promise<number> {
  const text = await page.locator(".totals b").first().innerText();
  return Number(text.replace(/\D/g, ""));
}

const { hub, address, link } = await up();
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox", "--disable-dev-shm-usage"] });
let load: ChildProcess | undefined;
try {
  const loads = [];
  for (let at = 0; at < LOADS; at += 1) loads.push(await firstLoad(browser, link));
  const context = await browser.newContext({ viewport: { width: 1366, height: 768 } });
  const page = await context.newPage();
  await page.goto(link);
  await page.getByText(/^(Người vận hành|Operator)$/).click();
  await page.getByRole("button", { name: /Vào làm việc|^Enter$/ }).click();
  await page.locator(".totals b").first().waitFor();
  const idle = await frames(page, 5);
  load = start(["run", scenario(), "--hub", address, "--data", join(folder, "sandbox"), "--format", "json"]);
  load.stdout!.resume();
  // Making ready a country's keys takes a while; measured is what comes after the rate is there.
  for (let before = await documents(page); ;) {
    await page.waitForTimeout(1000);
    const now = await documents(page);
    if (now - before > RATE * 0.6) break;
    if (load.exitCode !== null) throw new Error("the load ended before it began");
    before = now;
  }
  const before = await documents(page);
  const begun = performance.now();
  const loaded = await frames(page, SECONDS);
  const rate = ((await documents(page)) - before) / ((performance.now() - begun) / 1000);
  const round = (value: number) => Math.round(value * 10) / 10;
  console.log(JSON.stringify({
    first_load_kib: round(median(loads.map((one) => one.bytes)) / 1024), ready_ms: round(median(loads.map((one) => one.ms))),
    idle: { fps: round(idle.fps), p95_ms: round(idle.p95) },
    loaded: { documents_per_second: round(rate), fps: round(loaded.fps), p95_ms: round(loaded.p95), longest_ms: round(loaded.longest) },
    browser: browser.version(),
  }, null, 2));
} finally {
  await browser.close();
  load?.kill("SIGINT");
  hub.kill("SIGINT");
  await new Promise((resolve) => hub.once("exit", resolve));
  rmSync(folder, { recursive: true, force: true });
}
