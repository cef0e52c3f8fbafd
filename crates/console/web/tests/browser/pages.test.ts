// Every page in both languages, light and dark, on the office laptop and on a phone: no complaint of the browser, nothing that
// axe finds, nothing that runs over the edge.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Sandbox, shot, violations, type Options } from "./sandbox.ts";

const LOOKS: (Options & { name: string })[] = [
  { name: "vi-light", lang: "vi", theme: "light" },
  { name: "vi-dark", lang: "vi", theme: "dark" },
  { name: "en-light", lang: "en", theme: "light" },
  { name: "en-dark", lang: "en", theme: "dark" },
  { name: "vi-phone", lang: "vi", theme: "light", viewport: { width: 390, height: 844 } },
];
const AGENCY = ["inbox", "outbox", "compose", "overview", "training", "directory", "certificates", "statistics", "statistics/2020", "docs", "nowhere"];
const OPERATOR = ["overview", "stream", "stream/path", "faults", "training", "training/lessons", "directory", "statistics", "statistics/2020", "certificates", "docs"];
// What shows that a page has what it asked for.
const READY: Record<string, string> = {
  training: "main .panel", "training/lessons": "main .panel h2", stream: "tbody tr button", "stream/path": "form button", "statistics/2020": "table[data-table='2020'] tbody tr", inbox: "ul li a time", outbox: "ul li a time", directory: "tbody tr", certificates: "tbody tr", statistics: "tbody tr td small", docs: "article h1", overview: "main table tbody tr",
};
let sandbox: Sandbox;

before(async () => {
  sandbox = await Sandbox.start();
  // Something of each kind to look at.
  const subjects = ["Về việc tăng cường công tác phòng, chống bão số 5 và mưa lũ sau bão", "Báo cáo tình hình thực hiện nhiệm vụ phát triển kinh tế - xã hội quý III, phương hướng nhiệm vụ trọng tâm quý IV năm 2020 trên địa bàn tỉnh", "Góp ý dự thảo quy chế gửi, nhận văn bản điện tử"];
  for (const [at, subject] of subjects.entries()) {
    sandbox.run("send", "--as", ["H54", "H40", "H25"][at]!, "--to", "H26.99", "--subject", subject, "--urgency", ["express", "normal", "urgent"][at]!);
    sandbox.run("send", "--to", "H54", "--to", "H40", "--subject", subject);
  }
  sandbox.run("send", "--as", "Z05", "--to", "H54", "--subject", "Người ký có chứng thư đã bị thu hồi");
});
after(() => sandbox?.stop());

for (const look of LOOKS) {
  test(`pages: ${look.name}`, async () => {
    const login = await sandbox.open(look);
    await login.getByRole("button", { name: /Vào làm việc|^Enter$/ }).waitFor();
    await shot(login, `login-${look.name}`);
    assert.deepEqual(await violations(login), [], "login");
    await login.context().close();
    for (const [role, paths] of [["agency", AGENCY], ["operator", OPERATOR]] as const) {
      const page = role === "agency" ? await sandbox.enter("H26.99", "Nguyễn Thị Thử Nghiệm", look) : await sandbox.enterAsOperator(look);
      for (const path of paths) {
        await page.evaluate((to) => (location.hash = `#/${to}`), path);
        await page.locator("main > *").first().waitFor();
        if (path in READY) await page.locator(READY[path]!).first().waitFor();
        await shot(page, `${role}-${path.replace("/", "-")}-${look.name}`);
        const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
        assert.equal(wide, 0, `${path} runs over the edge by ${wide} px`);
        assert.deepEqual(await violations(page), [], `${role} ${path}`);
      }
      await page.context().close();
    }
    assert.deepEqual(sandbox.complained(), []);
  });
}
