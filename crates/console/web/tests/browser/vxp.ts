// A system behind the VXP gateway: the library's calls as docs/vxp.md has them.
import { createHmac } from "node:crypto";

export class VxpSystem {
  constructor(private endpoint: string, private systemid: string, private secret: string) {}

  async call(path: string, values: Record<string, string>, body = ""): Promise<Record<string, unknown>> {
    const headers = Object.entries({ systemid: this.systemid, timestamp: "24112026T035536+0704", ...values, "Content-Type": "application/json" });
    const signed = JSON.stringify(Object.fromEntries(headers.map(([name, value]) => [`XroadVnpt-${name}`, value])));
    const answer = await fetch(`${this.endpoint}${path}`, {
      method: "POST", body,
      headers: {
        ...Object.fromEntries(headers.map(([name, value]) => [`XroadVnpt-${name}`, value])),
        "Content-Type": "application/json",
        "XroadVnpt-sign-header-key": headers.map(([name]) => name).join(";"), "XroadVnpt-sign-header": signed,
        "XroadVnpt-hash-header": createHmac("sha256", this.secret).update(signed).digest("hex"),
      },
    });
    return (await answer.json()) as Record<string, unknown>;
  }
}
