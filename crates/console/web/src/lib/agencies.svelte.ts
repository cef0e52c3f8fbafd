// Names of agencies by code, each asked for once.
import { SvelteMap } from "svelte/reactivity";
import type { Agency } from "../gen/truc/v1/directory_pb.ts";
import { directory } from "./api.ts";

const known = new SvelteMap<string, Agency>();
const asked = new Set<string>();

export function remember(agencies: Agency[]) {
  for (const agency of agencies) known.set(agency.code, agency);
}

/** The agency, when it is known by now; asks for it otherwise. */
export function agencyOf(code: string): Agency | undefined {
  const found = known.get(code);
  if (!found && code && !asked.has(code)) {
    asked.add(code);
    // After this turn: a template may not change state while it is drawn.
    queueMicrotask(() => {
      directory.getAgency({ code }).then(
        ({ agency }) => agency && (known.set(code, agency), known.set(agency.code, agency)),
        () => asked.delete(code),
      );
    });
  }
  return found;
}

export const nameOf = (code: string) => agencyOf(code)?.name ?? code;
