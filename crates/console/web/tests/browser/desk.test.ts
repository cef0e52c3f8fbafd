// The desk, beyond one letter: update, replace, take back, imported keys, PDF, a large file over a restart, searching far back.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import type { Page } from "playwright-core";
import { api } from "./api.ts";
import { addRecipient, goTo, openFirst, signAndSend, write } from "./office.ts";
import { Sandbox, shot, violations } from "./sandbox.ts";

const PDF = "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj 3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n";
let sandbox: Sandbox;
let sender: Page;
let receiver: Page;

before(async () => {
  sandbox = await Sandbox.start();
  sender = await sandbox.enter("H54", "Nguyễn Văn An");
  receiver = await sandbox.enter("H40", "Trần Thị Bình");
});
after(() => sandbox?.stop());

async function send(subject: string) {
  await write(sender, subject);
  await signAndSend(sender);
}

async function accept(subject: string) {
  await goTo(receiver, /Văn bản đến/);
  await openFirst(receiver, subject);
  await receiver.getByRole("button", { name: "Tiếp nhận", exact: true }).click();
}

test("an update adds a receiver, the old one agrees to it, and a replacement takes the place of a document", async () => {
  await send("Kế hoạch tuyển sinh");
  await accept("Kế hoạch tuyển sinh");
  await sender.getByRole("button", { name: "Cập nhật", exact: true }).click();
  await sender.getByLabel("Lý do thu hồi, cập nhật, thay thế").fill("Bổ sung nơi nhận");
  await sender.getByLabel("Trích yếu").fill("Kế hoạch tuyển sinh (cập nhật)");
  await addRecipient(sender, "H25");
  await signAndSend(sender);
  await goTo(receiver, /Văn bản đến/);
  await openFirst(receiver, "Kế hoạch tuyển sinh (cập nhật)");
  await receiver.getByRole("button", { name: "Đồng ý", exact: true }).click();
  await goTo(sender, /Văn bản đi/);
  await sender.getByRole("link").filter({ hasText: "Kế hoạch tuyển sinh" }).filter({ hasNotText: "(cập nhật)" }).first().click();
  await sender.locator("ol li b").filter({ hasText: "Đồng ý" }).first().waitFor();

  await send("Quyết định có lỗi chính tả");
  await accept("Quyết định có lỗi chính tả");
  await sender.getByRole("button", { name: "Thay thế", exact: true }).click();
  await sender.getByLabel("Lý do thu hồi, cập nhật, thay thế").fill("Sửa lỗi chính tả");
  await sender.getByLabel("Trích yếu").fill("Quyết định đã sửa");
  await signAndSend(sender);
  await goTo(receiver, /Văn bản đến/);
  await openFirst(receiver, "Quyết định đã sửa");
  await receiver.getByRole("button", { name: "Đồng ý", exact: true }).click();
  await goTo(sender, /Văn bản đi/);
  await sender.getByRole("link").filter({ hasText: "Quyết định có lỗi chính tả" }).filter({ hasText: "Đã được thay thế" }).first().waitFor();
  assert.deepEqual(await violations(sender), []);
});

test("a sender takes back what is not accepted yet", async () => {
  await goTo(receiver, /Danh bạ cơ quan/);
  await send("Gửi sớm quá");
  await sender.getByRole("button", { name: "Lấy lại", exact: true }).click();
  await sender.getByLabel("Lý do").fill("Chưa có ý kiến lãnh đạo");
  await sender.getByRole("dialog").getByRole("button", { name: "Lấy lại" }).click();
  await sender.locator("ol li b").filter({ hasText: "lấy lại" }).first().waitFor();
  assert.deepEqual(sandbox.complained(), []);
});

test("keys that were issued elsewhere are imported and sign", async () => {
  // The keys of the user's own agency, as `truc up` writes them.
  const own = await sandbox.enter("H26.99", "Người Giữ Khóa");
  const folder = join(sandbox.folder, "agencies", "H26.99");
  await goTo(own, /Chứng thư số/);
  await own.locator("input[name=key]").setInputFiles(join(folder, "signer.key"));
  await own.locator("input[name=pem]").setInputFiles(join(folder, "signer.pem"));
  await own.getByRole("button", { name: "Nhập khóa" }).click();
  await own.getByText("Đã nhập khóa").waitFor();
  await own.locator("input[name=key]").setInputFiles({ name: "hong.key", mimeType: "text/plain", buffer: Buffer.from("không phải khóa") });
  await own.locator("input[name=pem]").setInputFiles(join(folder, "signer.pem"));
  await own.getByRole("button", { name: "Nhập khóa" }).click();
  await own.getByText(/^Không đọc được khóa Ed25519/).waitFor();
  await write(own, "Ký bằng khóa đã nhập");
  await signAndSend(own);
  await own.getByText("Hợp lệ, đạt 15").waitFor();
  const signer = /CN ?= ?([^,\n]+)/.exec(sandbox.run("pki", "show", join(folder, "signer.pem")))?.[1];
  if (signer) await own.getByText(signer.trim()).first().waitFor();
  assert.ok(readFileSync(join(folder, "signer.pem"), "utf8").includes("BEGIN CERTIFICATE"));
  await own.context().close();
});

test("a PDF is previewed in the page, and a file of several MiB goes up part by part, over a restart of the hub", async () => {
  assert.deepEqual(sandbox.complained(), []);
  await write(sender, "Hồ sơ dự án có bản vẽ");
  const large = Buffer.alloc(6 * 2 ** 20 + 123, "bản vẽ ");
  await sender.locator("input[type=file]").setInputFiles([{ name: "toàn văn.pdf", mimeType: "application/pdf", buffer: Buffer.from(PDF) }]);
  // Uploads wait while the hub is away, and go on where they stopped.
  await sandbox.restart(async () => {
    await sender.locator("input[type=file]").setInputFiles([{ name: "bản vẽ <b>.dwg", mimeType: "application/octet-stream", buffer: large }]);
    await sender.locator("li[data-state=waiting]").waitFor();
    await receiver.getByText("Mất kết nối, đang thử lại").waitFor();
  });
  // Back in its agency, which a hub that was started again would let answer by itself.
  await receiver.getByText("Trục hoạt động").waitFor();
  await sender.locator("li[data-state=stored]").waitFor();
  await shot(sender, "attachments");
  sandbox.complained();
  await signAndSend(sender);
  await accept("Hồ sơ dự án có bản vẽ");
  await receiver.getByRole("button", { name: "Xem toàn văn.pdf" }).click();
  const frame = receiver.getByRole("dialog").locator("iframe, embed, object");
  await frame.waitFor();
  assert.match((await frame.getAttribute("src")) ?? (await frame.getAttribute("data")) ?? "", /^blob:/);
  await receiver.getByRole("dialog").getByRole("button", { name: "Đóng" }).click();
  const [download] = await Promise.all([receiver.waitForEvent("download"), receiver.getByRole("button", { name: /^Tải về bản vẽ/ }).click()]);
  assert.ok(readFileSync(await download.path()).equals(large), "what arrives is what was attached");
  assert.deepEqual(sandbox.complained(), []);
});

test("a search looks back on the hub until it has found, and says how far it looked", async () => {
  // More than a page holds lies before what is looked for.
  for (let at = 0; at < 120; at += 1) sandbox.run("send", "--as", "H05", "--to", "H40", "--subject", at === 0 ? "Văn bản cũ nhất cần tìm" : `Văn bản thường số ${at}`);
  const late = await sandbox.enter("H40", "Trần Thị Bình");
  await late.getByRole("link").filter({ hasText: "Văn bản thường số 119" }).first().waitFor();
  assert.equal(await late.getByRole("link").filter({ hasText: "Văn bản cũ nhất cần tìm" }).count(), 0);
  await late.getByRole("searchbox").fill("cu nhat can tim");
  await late.getByRole("link").filter({ hasText: "Văn bản cũ nhất cần tìm" }).waitFor();
  await late.getByText("Đã tìm hết").waitFor();
  await shot(late, "search");
  assert.deepEqual(await violations(late), []);
});

test("an agency whose window was closed without leaving answers by itself again", async () => {
  const { sandbox: service, accessKey } = await api(sandbox.link);
  // As a window does, but for a second instead of minutes, and never heard of again.
  await service.enter({ accessKey, role: { case: "agency", value: "H62" }, visit: "một cửa sổ đã đóng", stay: { seconds: 1n, nanos: 0 } });
  await write(sender, "Còn ai trả lời không", "H62");
  await signAndSend(sender);
  await sender.locator("ol li b").filter({ hasText: "tiếp nhận" }).first().waitFor();
});
