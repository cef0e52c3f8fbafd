// Pages by what stands behind `#`, so that one file serves all of them and a reload stays where it was.
function read() {
  const hash = location.hash.startsWith("#/") ? location.hash.slice(2) : "";
  const [path = "", query = ""] = hash.split("?");
  return { parts: path.split("/").filter(Boolean).map(decodeURIComponent), query: new URLSearchParams(query) };
}

export const route = $state<{ parts: string[]; query: URLSearchParams }>(read());

addEventListener("hashchange", () => {
  const next = read();
  route.parts = next.parts;
  route.query = next.query;
});

export function go(path: string) {
  location.hash = `#/${path}`;
}
