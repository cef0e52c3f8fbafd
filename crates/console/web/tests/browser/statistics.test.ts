// What the statistics show is what the API says, in the tables, the matrix, the year before and the file; and faults set by hand act.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import type { Page } from "playwright-core";
import { Level } from "../../src/gen/truc/v1/directory_pb.ts";
import { ReportDimension } from "../../src/gen/truc/v1/statistics_pb.ts";
import { api } from "./api.ts";
import { goTo } from "./office.ts";
import { Sandbox, shot, violations } from "./sandbox.ts";

let sandbox: Sandbox;
let operator: Page;
const number = (text: string | undefined) => Number((text ?? "").replace(/[.\s]/g, "").replace(",", "."));

before(async () => {
  sandbox = await Sandbox.start();
  for (const [from, to] of [["H54", "H40"], ["H54", "H54.10"], ["H40", "H26.99"], ["H54.10", "H54"], ["H26.99", "H54"]] as const) {
    const sent = sandbox.run("send", "--as", from, "--to", to, "--subject", "Số liệu kỳ trước");
    assert.doesNotMatch(sent, /^truc:/, sent);
  }
  // A year on: what was sent is the year before.
  const { operations } = await api(sandbox.link);
  const { clock } = await operations.getClock({});
  await operations.advanceClock({ to: { seconds: clock!.now!.seconds + 365n * 86_400n, nanos: 0 } });
  for (const [from, to] of [["H54", "H40"], ["H54", "H25"], ["H54.10", "H54"]] as const) sandbox.run("send", "--as", from, "--to", to, "--subject", "Số liệu kỳ này", "--paper");
  operator = await sandbox.enterAsOperator();
  await goTo(operator, /Thống kê/);
});
after(() => sandbox?.stop());

test("tables, matrix and the year before equal what the API says", async () => {
  const { statistics, operations } = await api(sandbox.link);
  const { clock } = await operations.getClock({});
  const day = new Date(Number(clock!.now!.seconds + 7n * 3600n) * 1000).toISOString().slice(0, 10);
  const [year, month, date] = day.split("-").map(Number) as [number, number, number];
  await operator.getByLabel("Từ", { exact: true }).fill(day);
  await operator.getByLabel("Đến", { exact: true }).fill(day);
  const rows = operator.locator("table[data-table=main] tbody tr");
  const footer = operator.locator("table[data-table=main] tfoot td");
  // The agencies of the sandbox answer: wait until both say the same of this very day.
  const period = { from: { year, month, day: date }, to: { year, month, day: date } };
  const settled = async () => {
    const report = await statistics.getReport({ ...period, groupBy: [ReportDimension.PROVINCE] });
    return { report, total: report.total!.counts! };
  };
  let { report, total } = await settled();
  for (let tries = 0; tries < 60 && number((await footer.nth(2).textContent().catch(() => "")) ?? "") !== Number(total.received); tries += 1) {
    await operator.waitForTimeout(500);
    ({ report, total } = await settled());
  }
  assert.equal(number((await footer.nth(1).textContent())!), Number(total.sent));
  assert.ok(total.sent >= 3n, "this period");
  assert.equal(number((await footer.nth(9).textContent())!), Number(report.yearBefore!.counts!.sent));
  assert.ok(report.yearBefore!.counts!.sent >= 5n, "the year before");
  for (const row of report.rows.filter((one) => one.province.startsWith("H"))) {
    const cells = await rows.filter({ has: operator.locator("small", { hasText: new RegExp(`^${row.province}$`) }) }).locator("td").allTextContents();
    assert.equal(number(cells[1]), Number(row.counts?.sent ?? 0n), `${row.province} sent`);
    assert.equal(number(cells[9]), Number(row.yearBefore?.sent ?? 0n), `${row.province} sent the year before`);
    const electronic = row.counts?.sent ? Math.round((Number(row.counts.sentElectronic) / Number(row.counts.sent)) * 1000) / 10 : undefined;
    assert.equal(cells[3], electronic === undefined ? "—" : `${String(electronic).replace(".", ",")} %`, `${row.province} electronic`);
  }
  const cross = (await statistics.getReport({ ...period, groupBy: [ReportDimension.LEVEL, ReportDimension.COUNTERPART_LEVEL] })).rows;
  const of = (from: Level, to: Level) => Number(cross.find((row) => row.level === to && row.counterpartLevel === from)?.counts?.received ?? 0n);
  const matrix = operator.getByRole("heading", { name: "Cấp gửi × cấp nhận" }).locator("xpath=ancestor::section").locator("tbody tr");
  for (const [at, from] of [Level.CENTRAL, Level.PROVINCE, Level.DISTRICT, Level.COMMUNE].entries()) {
    const cells = await matrix.nth(at).locator("td").allTextContents();
    assert.deepEqual(cells.slice(1).map(number), [Level.CENTRAL, Level.PROVINCE, Level.DISTRICT, Level.COMMUNE].map((to) => of(from, to)), `from level ${from}`);
  }
  await operator.getByRole("heading", { name: "So với cùng kỳ năm trước" }).waitFor();
  await shot(operator, "statistics");
  assert.deepEqual(await violations(operator), []);

  const [download] = await Promise.all([operator.waitForEvent("download"), operator.getByRole("button", { name: "CSV" }).click()]);
  const lines = readFileSync(await download.path(), "utf8").replace(/^\ufeff/, "").trim().split("\n");
  assert.match(lines[0]!, /^code,name,sent,received,.*,sentYearBefore,receivedYearBefore$/);
  assert.equal(lines.slice(1).reduce((sum, line) => sum + Number(/^[^,]*,(?:"(?:[^"]|"")*"|[^,]*),(\d+)/.exec(line)![1]), 0), Number(total.sent));
});

test("the task force's table is counted by the hub, beside what was reported", async () => {
  await operator.getByRole("link", { name: "Bảng năm 2020" }).click();
  const rows = operator.locator("table[data-table='2020'] tbody tr");
  await rows.first().waitFor();
  const { statistics } = await api(sandbox.link);
  const report = await statistics.getReport({ groupBy: [ReportDimension.PROVINCE] });
  const connected = new Set(report.connections.filter((row) => row.level !== Level.CENTRAL && row.province.startsWith("H") && row.connected > 0n).map((row) => row.province));
  const first = await rows.first().locator("td").allTextContents();
  assert.equal(first[0], "Tỉnh đã kết nối");
  assert.ok(first[2]!.startsWith(`${connected.size} trên `), first[2]);
  assert.equal(first[3], "7");
  const reporting = await rows.filter({ hasText: "Cấp xã" }).or(rows.filter({ hasText: /^Xã/ })).allTextContents();
  assert.ok((await rows.filter({ hasText: "98 %" }).count()) > 0 && (await rows.filter({ hasText: "99,97 % · 99,7 % · 99,1 %" }).count()) === 1, reporting.join());
  await shot(operator, "statistics-2020");
});

test("a fault that is set by hand in the page acts, and acts no more when it is removed", async () => {
  await goTo(operator, /Sự cố/);
  await operator.getByRole("button", { name: "Thêm sự cố" }).first().click();
  const dialog = operator.getByRole("dialog");
  await dialog.getByLabel("Tên", { exact: true }).fill("từ chối Thái Bình");
  await dialog.getByLabel("Cơ quan (mã)").fill("H54");
  await dialog.getByLabel("Lý do trả về").fill("OVERLOADED");
  await dialog.getByRole("button", { name: "Thêm sự cố" }).click();
  const row = operator.getByRole("row").filter({ hasText: "từ chối Thái Bình" });
  await row.waitFor();
  await shot(operator, "faults");
  // The command tries again what is overloaded, so another reason shows at once.
  await operator.getByRole("button", { name: "Thêm sự cố" }).first().click();
  await dialog.getByLabel("Tên", { exact: true }).fill("từ chối Nam Định");
  await dialog.getByLabel("Cơ quan (mã)").fill("H40");
  await dialog.getByLabel("Lý do trả về").fill("SECRET_FORBIDDEN");
  await dialog.getByRole("button", { name: "Thêm sự cố" }).click();
  const other = operator.getByRole("row").filter({ hasText: "từ chối Nam Định" });
  await other.waitFor();
  assert.match(sandbox.run("send", "--as", "H40", "--to", "H25", "--subject", "Bị chặn"), /SECRET_FORBIDDEN/);
  await other.getByText("1 / 1").waitFor();
  await other.getByRole("button", { name: /từ chối Nam Định/ }).click();
  await other.waitFor({ state: "detached" });
  assert.doesNotMatch(sandbox.run("send", "--as", "H40", "--to", "H25", "--subject", "Đi được"), /SECRET_FORBIDDEN/);
  await operator.getByRole("button", { name: "Bỏ tất cả" }).click();
  await operator.getByText("Không có sự cố nào").waitFor();
  assert.deepEqual(await violations(operator), []);
  assert.deepEqual(sandbox.complained(), []);
});
