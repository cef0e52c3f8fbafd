export type Theme = "light" | "dark";

const kept = localStorage.getItem("theme");
const preferred = matchMedia("(prefers-color-scheme: dark)");

export const theme = $state<{ now: Theme }>({ now: "light" });

function show(now: Theme) {
  theme.now = now;
  document.documentElement.dataset.theme = now;
}

/** As the machine has it, until somebody says otherwise. */
export function startTheme() {
  show(kept === "light" || kept === "dark" ? kept : preferred.matches ? "dark" : "light");
  preferred.addEventListener("change", (event) => {
    if (!localStorage.getItem("theme")) show(event.matches ? "dark" : "light");
  });
}

export function toggleTheme() {
  const next = theme.now === "dark" ? "light" : "dark";
  localStorage.setItem("theme", next);
  show(next);
}
