// Each lesson passed by clicking as a trainee does; others failed with their reason; the class as the trainer sees it.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Page } from "playwright-core";
import { Sandbox, shot, violations, type Options } from "./sandbox.ts";

let sandbox: Sandbox;

before(async () => { sandbox = await Sandbox.start(); });
after(() => sandbox?.stop());

/** Enters as a trainee and begins a lesson. */
async function learn(name: string, lesson: string, options: Options = {}): Promise<Page> {
  const page = await sandbox.open(options);
  await page.getByText("Học viên", { exact: true }).click();
  await page.getByLabel("Họ và tên").fill(name);
  await page.getByRole("button", { name: "Vào làm việc" }).click();
  await page.getByRole("button", { name: `Bắt đầu: ${lesson}` }).click();
  await panel(page).getByRole("heading", { name: lesson }).waitFor();
  return page;
}

const panel = (page: Page) => page.getByRole("complementary", { name: "Bài học đang làm" });
const goTo = (page: Page, name: RegExp) => page.getByRole("navigation", { name: "Các trang" }).getByRole("link", { name }).click();
const done = (page: Page, steps: number) => panel(page).getByLabel("Đã xong").nth(steps - 1).waitFor();

type What = { to?: string[]; subject?: string; type?: string; urgency?: string; dueIn?: number; reason?: string };

async function fill(page: Page, { to = [], subject, type, urgency, dueIn, reason }: What) {
  if (type) await page.getByLabel("Loại văn bản").selectOption({ label: type });
  if (subject) await page.getByLabel("Trích yếu").fill(subject);
  if (reason) await page.getByLabel("Lý do thu hồi, cập nhật, thay thế").fill(reason);
  for (const code of to) {
    await page.getByRole("combobox", { name: "Nơi nhận", exact: true }).fill(code);
    await page.getByRole("option", { name: new RegExp(`\\b${code.replace(/\./g, "\\.")}\\b(?!\\.)`) }).first().click();
  }
  if (urgency) await page.getByText(urgency, { exact: true }).first().click();
  if (dueIn !== undefined) {
    const day = new Intl.DateTimeFormat("en-CA", { timeZone: "Asia/Ho_Chi_Minh" }).format(Date.now() + dueIn * 86_400_000);
    await page.getByLabel("Hạn xử lý").fill(day);
  }
}

async function signAndSend(page: Page) {
  await page.getByRole("button", { name: "Xem lại và ký" }).click();
  const dialog = page.getByRole("dialog");
  for (const step of ["1. Ký số", "2. Đóng dấu", "3. Gửi"]) await dialog.getByRole("button", { name: step }).click();
  await dialog.getByText("Trục đã tiếp nhận.").waitFor();
  await dialog.getByRole("button", { name: "Mở văn bản" }).click();
}

async function send(page: Page, what: What) {
  await goTo(page, /Soạn văn bản/);
  await page.getByRole("button", { name: "Xóa bản nháp" }).click();
  await fill(page, what);
  await signAndSend(page);
}

async function open(page: Page, box: RegExp, subject: string) {
  await goTo(page, box);
  await page.locator("main ul").getByRole("link").filter({ hasText: subject }).first().click();
  await page.getByText(/^Hợp lệ, đạt|bước không đạt|không đạt/).first().waitFor();
}

async function press(page: Page, subject: string, ...buttons: string[]) {
  await open(page, /Văn bản đến/, subject);
  for (const name of buttons) {
    await page.locator("main").getByRole("button", { name, exact: true }).click();
    if (name === "Từ chối tiếp nhận") {
      await page.getByLabel("Lý do").fill("Không bảo đảm yêu cầu");
      await page.getByRole("dialog").getByRole("button", { name }).click();
    }
    if (name === "Phân công") {
      await page.getByLabel("Người xử lý").fill("Lê Văn Cường");
      await page.getByRole("dialog").getByRole("button", { name }).click();
    }
  }
}

/** Recalls, updates or replaces what was sent, and signs that. */
async function act(page: Page, subject: string, button: string, what: What) {
  await open(page, /Văn bản đi/, subject);
  await page.getByRole("button", { name: button, exact: true }).click();
  await fill(page, what);
  await signAndSend(page);
}

const LESSONS: [string, (page: Page) => Promise<void>][] = [
  ["Công văn đầu tiên", async (page) => {
    await send(page, { to: ["Z90.01"], subject: "Hỏi về chỉ tiêu tập huấn" });
    await done(page, 2);
    await press(page, "V/v trả lời về chỉ tiêu", "Tiếp nhận");
  }],
  ["Công điện hỏa tốc", async (page) => {
    await press(page, "Công điện về việc ứng phó", "Tiếp nhận");
    await send(page, { to: ["Z90.41.01", "Z90.41.02"], subject: "Công điện ứng phó bão số 5", type: "Công điện", urgency: "Hỏa tốc" });
  }],
  ["Văn bản gửi nhầm nơi nhận", async (page) => {
    await press(page, "Kính gửi Sở Tài chính", "Từ chối tiếp nhận");
    await press(page, "V/v cử người tham gia", "Tiếp nhận", "Hoàn thành");
  }],
  ["Chứng thư người ký bị thu hồi", async (page) => {
    await open(page, /Văn bản đến/, "V/v chuyển ngay kinh phí");
    await page.getByText(/CERTIFICATE_REVOKED/).first().waitFor();
    await shot(page, "training-revoked");
    await press(page, "V/v chuyển ngay kinh phí", "Từ chối tiếp nhận");
    await press(page, "V/v cảnh báo văn bản giả mạo", "Tiếp nhận", "Hoàn thành");
  }],
  ["Thu hồi trước khi bên nhận mở", async (page) => {
    await send(page, { to: ["Z90.02"], subject: "Số liệu kinh phí" });
    await send(page, { to: ["Z90.01"], subject: "Danh sách tập huấn" });
    await act(page, "Số liệu kinh phí", "Thu hồi", { reason: "Sai số liệu" });
    await send(page, { to: ["Z90.02"], subject: "Số liệu kinh phí (đúng)" });
  }],
  ["Thu hồi sau khi bên nhận đã tiếp nhận", async (page) => {
    await send(page, { to: ["Z90.41.01", "Z90.41.02"], subject: "Mời họp giao ban" });
    await done(page, 2);
    await act(page, "Mời họp giao ban", "Thu hồi", { reason: "Ban hành nhầm" });
  }],
  ["Cập nhật và thay thế", async (page) => {
    await send(page, { to: ["Z90.41"], subject: "Thông báo lịch kiểm tra", type: "Thông báo" });
    await act(page, "Thông báo lịch kiểm tra", "Cập nhật", { reason: "Bổ sung hạn trả lời", dueIn: 5 });
    await done(page, 3);
    await send(page, { to: ["Z90.41"], subject: "Quyết định thành lập đoàn", type: "Quyết định" });
    await act(page, "Quyết định thành lập đoàn", "Thay thế", { reason: "Sai thành phần đoàn" });
  }],
  ["Một ngày ở bộ phận một cửa", async (page) => {
    await press(page, "Hồ sơ 1004", "Tiếp nhận", "Hoàn thành");
    await page.getByRole("button", { name: "Trả lời", exact: true }).click();
    await signAndSend(page);
    await press(page, "Hồ sơ 1002", "Từ chối tiếp nhận");
    await press(page, "Hồ sơ 1003", "Tiếp nhận", "Hoàn thành");
    await press(page, "Hồ sơ 1001", "Tiếp nhận");
  }],
  ["Bốn cấp: chỉ đạo xuống, báo cáo lên", async (page) => {
    await press(page, "Công điện về việc rà soát", "Tiếp nhận", "Phân công");
    await send(page, { to: ["Z90.41"], subject: "Công điện rà soát hồ, đập", type: "Công điện", urgency: "Thượng khẩn", dueIn: 1 });
    await press(page, "Báo cáo tổng hợp kết quả", "Tiếp nhận");
    await open(page, /Văn bản đến/, "Công điện về việc rà soát");
    await page.getByRole("button", { name: "Trả lời", exact: true }).click();
    await fill(page, { type: "Báo cáo" });
    await signAndSend(page);
    await press(page, "Công điện về việc rà soát", "Hoàn thành");
  }],
];

for (const [at, [lesson, pass]] of LESSONS.entries()) {
  test(`passed in the browser: ${lesson}`, async () => {
    const page = await learn(`Học viên ${at + 1}`, lesson);
    if (at === 0) {
      await shot(page, "training-begun");
      assert.deepEqual(await violations(page), []);
    }
    await pass(page);
    await panel(page).locator(".end").getByText("Hoàn thành bài học").waitFor();
    await panel(page).locator(".end strong").filter({ hasText: /^100\/100$/ }).waitFor();
    await panel(page).getByRole("heading", { name: "Điều đã học" }).waitFor();
    await shot(page, `training-passed-${at + 1}`);
    if (at === 0) assert.deepEqual(await violations(page), []);
    await panel(page).getByRole("button", { name: "Chọn bài khác" }).click();
    await page.locator("li.panel").filter({ hasText: lesson }).getByText("Cao nhất 100/100").waitFor();
    if (at === 0) await shot(page, "training-catalogue");
    await page.context().close();
    assert.deepEqual(sandbox.complained(), []);
  });
}

test("a hint and a slip cost points, a mistake ends the lesson and says why, and it begins again", async () => {
  const page = await learn("Trần Thị Vội", "Công văn đầu tiên", { theme: "dark" });
  await panel(page).getByRole("button", { name: /^Gợi ý/ }).click();
  await panel(page).getByText("Chọn “Soạn văn bản”.").waitFor();
  await send(page, { to: ["Z90.01"], subject: "Gửi thử", urgency: "Hỏa tốc" });
  await panel(page).getByText("độ khẩn là hỏa tốc, cần thường").waitFor();
  await shot(page, "training-slip");
  assert.deepEqual(await violations(page), []);
  // A reload stays in the lesson.
  await page.reload();
  await panel(page).getByText("độ khẩn là hỏa tốc, cần thường").waitFor();
  await send(page, { to: ["Z90.02"], subject: "Gửi nhầm nơi" });
  await panel(page).locator(".end").getByText("Chưa đạt").waitFor();
  await panel(page).getByText(/Công văn đã gửi cho Sở Tài chính/).waitFor();
  await shot(page, "training-failed");
  assert.deepEqual(await violations(page), []);
  await panel(page).getByRole("button", { name: "Làm lại từ đầu" }).click();
  await panel(page).getByText(/^Còn /).waitFor();
  assert.equal(await panel(page).getByLabel("Đã xong").count(), 0);
  await page.getByText("Chưa có văn bản đến").waitFor();
  await page.context().close();
});

test("the trainer sees who is where, and resets", async () => {
  const trainee = await learn("Lê Văn Chậm", "Công điện hỏa tốc", { viewport: { width: 390, height: 844 } });
  await shot(trainee, "training-phone");
  assert.deepEqual(await violations(trainee), []);
  const wide = await trainee.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  assert.equal(wide, 0, "the lesson runs over the edge of a phone");
  await panel(trainee).getByRole("button", { name: "Mở rộng bài học" }).click();
  await panel(trainee).getByText("Bão đang vào bờ").waitFor();
  await shot(trainee, "training-phone-open");

  const trainer = await sandbox.enterAsOperator();
  await goTo(trainer, /Đào tạo/);
  const row = trainer.getByRole("row").filter({ hasText: "Lê Văn Chậm" });
  await row.getByText("Công điện hỏa tốc").waitFor();
  await row.getByText("0/3").waitFor();
  await trainer.getByRole("row").filter({ hasText: "Học viên 1" }).first().getByText("100").waitFor();
  await shot(trainer, "training-class");
  assert.deepEqual(await violations(trainer), []);
  await row.getByRole("button", { name: "Đặt lại bài của Lê Văn Chậm" }).click();
  await row.waitFor({ state: "detached" });
  await panel(trainee).locator(".end").getByText("Người dạy đã đặt lại bài này.").waitFor();
  await trainee.context().close();
  await trainer.context().close();
});

test("lessons under way survive a restart of the sandbox", async () => {
  const page = await learn("Phạm Thị Bền", "Văn bản gửi nhầm nơi nhận");
  await press(page, "Kính gửi Sở Tài chính", "Từ chối tiếp nhận");
  await done(page, 1);
  await sandbox.restart(() => page.getByText("Mất kết nối, đang thử lại").waitFor());
  await page.getByText("Trục hoạt động").waitFor();
  await press(page, "V/v cử người tham gia", "Tiếp nhận", "Hoàn thành");
  await panel(page).locator(".end strong").filter({ hasText: /^100\/100$/ }).waitFor();
  sandbox.complained();
  await page.context().close();
});
