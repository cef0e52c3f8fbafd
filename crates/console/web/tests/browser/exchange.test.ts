// Two people in two browsers: one writes, signs and sends; the other receives, verifies, accepts and finishes; then a refusal,
// a recall, and a restart of the hub.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Page } from "playwright-core";
import { goTo, openFirst, signAndSend, write } from "./office.ts";
import { Sandbox, shot, violations } from "./sandbox.ts";

const MARKUP = "Về việc <b>phòng, chống</b> bão số 5 <img src=x onerror=alert(1)>";
let sandbox: Sandbox;
let sender: Page;
let receiver: Page;

before(async () => {
  sandbox = await Sandbox.start();
  sender = await sandbox.enter("H54", "Nguyễn Văn An");
  receiver = await sandbox.enter("H40", "Trần Thị Bình", { theme: "dark" });
});
after(() => sandbox?.stop());

test("a document is written, signed, sent, received, verified, accepted and finished", async () => {
  await write(sender, MARKUP);
  await sender.getByText("Hỏa tốc").click();
  await sender.getByLabel("Hạn xử lý").fill("2030-01-15");
  await sender.locator("input[type=file]").setInputFiles({ name: "kế hoạch <i>.txt", mimeType: "text/plain", buffer: Buffer.from("Nội dung <script>alert(1)</script>") });
  await shot(sender, "compose");
  assert.deepEqual(await violations(sender), []);
  await signAndSend(sender);

  await receiver.getByRole("link").filter({ hasText: MARKUP }).first().waitFor();
  await shot(receiver, "inbox-unread");
  await openFirst(receiver, MARKUP);
  await receiver.getByText("Hợp lệ, đạt 15").waitFor();
  assert.equal(await receiver.locator("main b:text('phòng, chống'), main img[src=x]").count(), 0, "markup stays text");
  await receiver.getByRole("button", { name: /^Xem kế hoạch/ }).click();
  await receiver.getByText("Nội dung <script>alert(1)</script>").waitFor();
  await receiver.getByRole("dialog").getByRole("button", { name: "Đóng" }).click();

  await receiver.getByRole("button", { name: "Tiếp nhận", exact: true }).click();
  await receiver.getByRole("button", { name: "Phân công", exact: true }).click();
  await receiver.getByLabel("Người xử lý").fill("Lê Văn Cường");
  await receiver.getByRole("dialog").getByRole("button", { name: "Phân công" }).click();
  await receiver.getByRole("button", { name: "Hoàn thành", exact: true }).click();
  await receiver.locator("ol li b").filter({ hasText: "Hoàn thành" }).waitFor();
  await shot(receiver, "document");
  assert.deepEqual(await violations(receiver), []);

  // The sender sees each step without asking.
  await sender.locator("ol li b").filter({ hasText: "Hoàn thành" }).waitFor();
  await sender.locator("ol li b").filter({ hasText: "Phân công xử lý" }).waitFor();
  await shot(sender, "outbox");
  assert.deepEqual(await violations(sender), []);
});

test("a refusal with its reason reaches the sender", async () => {
  await write(sender, "Gửi nhầm nơi nhận");
  await signAndSend(sender);
  await goTo(receiver, /Văn bản đến/);
  await openFirst(receiver, "Gửi nhầm nơi nhận");
  await receiver.getByRole("button", { name: "Từ chối tiếp nhận" }).click();
  await receiver.getByLabel("Lý do").fill("Không thuộc thẩm quyền giải quyết");
  await shot(receiver, "refuse");
  await receiver.getByRole("dialog").getByRole("button", { name: "Từ chối tiếp nhận" }).click();
  await sender.getByText("Không thuộc thẩm quyền giải quyết").waitFor();
});

test("a recall before the receiver saw it withdraws it; after, the receiver is asked", async () => {
  await goTo(receiver, /Danh bạ cơ quan/);
  await write(sender, "Văn bản sẽ thu hồi khi chưa nhận");
  await signAndSend(sender);
  await sender.getByRole("button", { name: "Thu hồi", exact: true }).click();
  await sender.getByLabel("Lý do thu hồi, cập nhật, thay thế").fill("Sai số liệu");
  await signAndSend(sender);
  await goTo(sender, /Văn bản đi/);
  await openFirst(sender, "Văn bản sẽ thu hồi khi chưa nhận");
  await sender.getByText("Văn bản này đã bị thu hồi").waitFor();
  await sender.getByText("Đã rút lại").first().waitFor();

  await write(sender, "Văn bản sẽ thu hồi sau khi nhận");
  await signAndSend(sender);
  await goTo(receiver, /Văn bản đến/);
  await openFirst(receiver, "Văn bản sẽ thu hồi sau khi nhận");
  await receiver.getByRole("button", { name: "Tiếp nhận", exact: true }).click();
  await sender.getByRole("button", { name: "Thu hồi", exact: true }).click();
  await sender.getByLabel("Lý do thu hồi, cập nhật, thay thế").fill("Ban hành nhầm");
  await signAndSend(sender);
  await openFirst(receiver, "Thu hồi văn bản số");
  await receiver.getByRole("button", { name: "Đồng ý", exact: true }).click();
  await goTo(sender, /Văn bản đi/);
  await openFirst(sender, "Văn bản sẽ thu hồi sau khi nhận");
  await sender.locator("ol li b").filter({ hasText: "Đồng ý thu hồi" }).waitFor();
  await shot(sender, "recalled");
});

test("a restart of the hub is shown and survived, and nothing typed is lost", async () => {
  assert.deepEqual(sandbox.complained(), []);
  await write(sender, "Viết dở khi trục khởi động lại");
  await sandbox.restart(() => sender.getByText("Mất kết nối, đang thử lại").waitFor());
  await sender.getByText("Trục hoạt động").waitFor();
  assert.equal(await sender.getByLabel("Trích yếu").inputValue(), "Viết dở khi trục khởi động lại");
  await signAndSend(sender);
  sandbox.complained();
});
