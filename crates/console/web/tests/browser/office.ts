// What people do at their desks, for tests of several subjects.
import type { Page } from "playwright-core";
import { shot } from "./sandbox.ts";

export async function write(page: Page, subject: string, to = "H40") {
  await page.getByRole("link", { name: "Soạn văn bản" }).first().click();
  await page.getByRole("button", { name: "Xóa bản nháp" }).click();
  await page.getByLabel("Trích yếu").fill(subject);
  await addRecipient(page, to);
}

export async function addRecipient(page: Page, to: string) {
  const search = page.getByRole("combobox", { name: "Nơi nhận", exact: true });
  await search.fill(to);
  await page.getByRole("option", { name: new RegExp(`\\b${to.replace(/\./g, "\\.")}\\b(?!\\.)`) }).first().click();
}

export async function signAndSend(page: Page) {
  await page.getByRole("button", { name: "Xem lại và ký" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("button", { name: "1. Ký số" }).click();
  await dialog.getByRole("button", { name: "2. Đóng dấu" }).click();
  await shot(page, "signing");
  await dialog.getByRole("button", { name: "3. Gửi" }).click();
  await dialog.getByText("Trục đã tiếp nhận.").waitFor();
  await dialog.getByRole("button", { name: "Mở văn bản" }).click();
}

export const openFirst = (page: Page, subject: string) => page.getByRole("link").filter({ hasText: subject }).first().click();
export const goTo = (page: Page, name: RegExp) => page.getByRole("navigation", { name: "Các trang" }).getByRole("link", { name }).click();
