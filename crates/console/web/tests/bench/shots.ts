// Pictures of the pages for docs/console.md, of a sandbox with documents in it: `make console-shots`. Nothing in them is drawn by hand.
import { join } from "node:path";
import type { Page } from "playwright-core";
import { addRecipient, goTo, openFirst, signAndSend, write } from "../browser/office.ts";
import { Sandbox } from "../browser/sandbox.ts";

const DOCS = new URL("../../../../../docs/", import.meta.url).pathname;
const sandbox = await Sandbox.start();
const take = (page: Page, name: string) => page.screenshot({ path: join(DOCS, `console-${name}.png`) });

try {
  const login = await sandbox.open();
  await login.getByRole("button", { name: "Vào làm việc" }).waitFor();
  await take(login, "login");
  const subjects = [
    "Về việc tăng cường công tác phòng, chống bão số 5 và mưa lũ sau bão", "Báo cáo tình hình thực hiện nhiệm vụ phát triển kinh tế - xã hội quý III, phương hướng nhiệm vụ trọng tâm quý IV",
    "Góp ý dự thảo quy chế gửi, nhận văn bản điện tử", "Mời họp trực tuyến về chuyển đổi số", "Đôn đốc báo cáo kết quả cải cách thủ tục hành chính",
  ];
  const from = ["H54", "H25", "H05", "H62", "H02"];
  for (const [at, subject] of subjects.entries()) sandbox.run("send", "--as", from[at]!, "--to", "H40", "--to", "H44", "--subject", subject, "--urgency", ["express", "normal", "urgent", "normal", "very-urgent"][at]!);
  sandbox.run("send", "--as", "Z05", "--to", "H54", "--subject", "Người ký có chứng thư đã bị thu hồi");
  sandbox.run("send", "--to", "H54.999", "--subject", "Sai mã nơi nhận");

  const office = await sandbox.enter("H40", "Trần Thị Bình");
  await openFirst(office, subjects[0]!);
  await office.getByText("Hợp lệ, đạt 15").waitFor();
  await take(office, "desk");
  await write(office, "Về việc phối hợp ứng phó bão số 5 tại các huyện ven biển", "H54");
  await addRecipient(office, "H25");
  await office.locator("input[type=file]").setInputFiles([{ name: "Phương án ứng phó.pdf", mimeType: "application/pdf", buffer: Buffer.alloc(300_000, "%PDF-1.4 ") }, { name: "Bản đồ vùng ngập.zip", mimeType: "application/zip", buffer: Buffer.alloc(3_400_000, 1) }]);
  await office.locator("li[data-state=stored]").waitFor();
  await take(office, "compose");
  await signAndSend(office);
  await goTo(office, /Văn bản đi/);
  await take(office, "outbox");
  await office.context().close();

  const operator = await sandbox.enterAsOperator();
  await operator.locator("main table tbody tr").first().waitFor();
  await take(operator, "axis");
  await goTo(operator, /Luồng/);
  const detail = operator.getByRole("region", { name: "Chi tiết" });
  await operator.getByRole("row").filter({ hasText: "CERTIFICATE_REVOKED" }).first().getByRole("button").click();
  await detail.locator("[data-miss=found]").waitFor();
  await take(operator, "refusal");
  await operator.getByRole("row").filter({ hasText: subjects[2] }).filter({ hasText: "Tiếp nhận" }).first().getByRole("button").click();
  await detail.getByRole("tab", { name: "VXP" }).click();
  await detail.locator("[data-edxml]").waitFor();
  await take(operator, "stream");
  await operator.getByRole("link", { name: "Thử đường truyền" }).click();
  for (const [field, code] of [["Từ cơ quan", "H54"], ["Đến cơ quan", "H25"]] as const) {
    await operator.getByRole("combobox", { name: field }).fill(code);
    await operator.getByRole("option", { name: new RegExp(`\\b${code}\\b(?!\\.)`) }).first().click();
  }
  await operator.getByRole("button", { name: "Thử", exact: true }).click();
  await operator.locator("tfoot").getByText("Toàn bộ").waitFor();
  await take(operator, "path");
  for (const [name, title, ready] of [["faults", /Sự cố/, "main li"], ["directory", /Danh bạ/, "tbody tr"], ["certificates", /Chứng thư/, "tbody tr"], ["statistics", /Thống kê/, "canvas"], ["docs", /Tài liệu/, "article h1"]] as const) {
    await goTo(operator, title);
    await operator.locator(ready).first().waitFor();
    await take(operator, name);
  }
  await goTo(operator, /Thống kê/);
  await operator.getByRole("link", { name: "Bảng năm 2020" }).click();
  await operator.locator("table[data-table='2020'] tbody tr").first().waitFor();
  await take(operator, "2020");
  const trainee = await sandbox.open();
  await trainee.getByText("Học viên", { exact: true }).click();
  await trainee.getByLabel("Họ và tên").fill("Phạm Thị Lan");
  await trainee.getByRole("button", { name: "Vào làm việc" }).click();
  await trainee.getByRole("button", { name: "Bắt đầu: Công văn đầu tiên" }).waitFor();
  await take(trainee, "lessons");
  await trainee.getByRole("button", { name: "Bắt đầu: Công văn đầu tiên" }).click();
  await trainee.getByRole("complementary", { name: "Bài học đang làm" }).getByRole("heading", { name: "Công văn đầu tiên" }).waitFor();
  await take(trainee, "lesson");
  await goTo(operator, /Đào tạo/);
  await operator.getByText("Phạm Thị Lan").first().waitFor();
  await take(operator, "class");
  const phone = await sandbox.enter("H40", "Trần Thị Bình", { theme: "dark", viewport: { width: 390, height: 844 } });
  await openFirst(phone, subjects[1]!);
  await phone.getByText("Hợp lệ, đạt 15").waitFor();
  await take(phone, "phone");
} finally {
  await sandbox.stop();
}
