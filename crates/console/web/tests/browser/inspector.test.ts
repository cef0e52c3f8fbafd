// The stream, for developers: one exchange as gRPC and as VXP have it, commands that can be run, refusals explained, a path timed.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Page } from "playwright-core";
import { goTo, signAndSend, write } from "./office.ts";
import { Sandbox, shot, violations } from "./sandbox.ts";
import { VxpSystem } from "./vxp.ts";

const SUBJECT = "Góp ý 'dự thảo' <quy chế> & $HOME";
let sandbox: Sandbox;
let operator: Page;
let detail: ReturnType<Page["getByRole"]>;

before(async () => {
  sandbox = await Sandbox.start();
  operator = await sandbox.enterAsOperator();
  await goTo(operator, /Luồng/);
  detail = operator.getByRole("region", { name: "Chi tiết" });
});
after(() => sandbox?.stop());

/** Opens the latest event of a kind that says something. */
async function open(kind: string, text: string) {
  await operator.getByRole("searchbox", { name: "Tìm kiếm" }).fill("");
  await operator.getByRole("row").filter({ hasText: text }).filter({ hasText: kind }).first().getByRole("button", { name: kind }).click();
  await detail.getByRole("tab").first().waitFor();
}
const command = () => detail.locator("[data-command]").innerText();

test("one exchange is shown as gRPC and as the VXP gateway really carries it", async () => {
  const added = JSON.parse(sandbox.run("system", "add", "vxp.thu.01", "--agencies", "H40", "--format", "json"));
  // Whoever is entered does not answer by itself, so the package stays where the gateway lists it.
  const receiver = await sandbox.enter("H40", "Trần Thị Bình");
  const sender = await sandbox.enter("H54", "Nguyễn Văn An");
  await write(sender, SUBJECT);
  await signAndSend(sender);
  await open("Tiếp nhận văn bản", SUBJECT);
  await detail.getByText("/truc.v1.ExchangeService/Send").waitFor();
  await detail.getByText('"documentId"').first().waitFor();
  await detail.getByRole("tab", { name: "VXP" }).click();
  const xml = await detail.locator("[data-edxml]").textContent();
  await shot(operator, "inspector-vxp");
  assert.deepEqual(await violations(operator), []);

  const system = new VxpSystem(`${new URL(sandbox.link).origin}/vxp`, added.system, added.secret);
  const list = (await system.call("/getReceivedEdocList", { servicetype: "eDoc", messagetype: "edoc" })) as { data: { docId: string }[] };
  const docId = list.data.map((row) => row.docId).at(-1)!;
  await detail.locator("summary").filter({ hasText: "Lấy gói tin" }).click();
  await detail.getByText(`XroadVnpt-docId: ${docId}`).waitFor();
  const got = (await system.call("/getEdoc", { docId }, "{}")) as { data: string };
  assert.equal(xml, Buffer.from(got.data, "base64").toString("utf8"), "what the page shows is what the gateway gives");

  await detail.getByRole("tab", { name: "Byte gốc" }).click();
  await detail.getByText("000000  ").waitFor();
  await detail.getByRole("tab", { name: "Kiểm tra" }).click();
  await detail.getByText("Hợp lệ, đạt 15").waitFor();
  for (const page of [sender, receiver]) await page.context().close();
});

test("the command beside an event does the same again", async () => {
  await open("Tiếp nhận văn bản", SUBJECT);
  const again = await command();
  assert.match(again, /^truc send --as H54 --to H40 --subject /);
  const ran = sandbox.shell(again);
  assert.equal(ran.code, 0, ran.text);
  await operator.getByRole("row").filter({ hasText: SUBJECT }).nth(1).waitFor();
  await operator.getByRole("button", { name: "Sao chép" }).click();
  assert.equal(await operator.evaluate(() => navigator.clipboard.readText()), again);
});

test("a refusal says which check failed, what was expected and found, and the nearest code", async () => {
  sandbox.run("send", "--as", "Z05", "--to", "H54", "--subject", "Người ký có chứng thư đã bị thu hồi");
  await open("Từ chối văn bản", "CERTIFICATE_REVOKED");
  await detail.locator("[data-miss=check]").getByText("chứng thư số của người ký chưa bị thu hồi").waitFor();
  assert.match(await detail.locator("[data-miss=expected]").innerText(), /^not revoked at \d{4}-/);
  assert.match(await detail.locator("[data-miss=found]").innerText(), /^revoked at \d{4}-/);
  await detail.getByRole("tab", { name: "VXP" }).click();
  await detail.getByText('"ErrorCode": "33"').waitFor();
  assert.deepEqual(await violations(operator), []);

  sandbox.run("send", "--to", "H4O", "--subject", "Sai mã");
  await open("Từ chối văn bản", "RECIPIENT_UNKNOWN");
  const nearest = (await detail.locator("[data-miss=nearest] b").first().innerText()).trim();
  assert.equal(nearest, "H40");
  assert.equal(await command(), `truc agency show ${nearest}`);
  assert.equal(sandbox.shell(await command()).code, 0);
  await shot(operator, "inspector-miss");
});

test("a path from one agency to another is tested with a real document, each step timed", async () => {
  await operator.getByRole("link", { name: "Thử đường truyền" }).click();
  for (const [field, code] of [["Từ cơ quan", "H54"], ["Đến cơ quan", "H25"]] as const) {
    await operator.getByRole("combobox", { name: field }).fill(code);
    await operator.getByRole("option", { name: new RegExp(`\\b${code}\\b(?!\\.)`) }).first().click();
  }
  await operator.getByRole("button", { name: "Thử", exact: true }).click();
  await operator.locator("tfoot").getByText("Toàn bộ").waitFor();
  const steps = await operator.locator("[data-step]").evaluateAll((rows) => rows.map((row) => (row as HTMLElement).dataset.step));
  assert.deepEqual(steps, ["enter", "sign", "send", "queue", "verify", "commit", "route", "deliver", "acknowledge", "status", "word", "leave"]);
  await shot(operator, "inspector-path");
  assert.deepEqual(await violations(operator), []);
  await operator.getByRole("button", { name: "Xem các sự kiện của văn bản này" }).click();
  for (const kind of ["Tiếp nhận văn bản", "Báo trạng thái"]) await operator.getByRole("row").filter({ hasText: kind }).first().waitFor();
  assert.deepEqual(sandbox.complained(), []);
});
