// Who works here: an agency with a person, or the operator. Kept for this tab only (sessionStorage).
import { CertificateSubject, type Agency } from "../gen/truc/v1/directory_pb.ts";
import { directory, sandbox, useToken } from "./api.ts";
import { t } from "./i18n.svelte.ts";
import { connection } from "./connection.svelte.ts";
import { findKey, importKey, keepKey, makeKey, type Holder } from "./keys.ts";

export const CAPACITIES = ["head", "deputy", "by-order", "sub-delegated"] as const;
export type Capacity = (typeof CAPACITIES)[number];
export type Person = { fullName: string; position: string; capacity: Capacity };
type Kept = { accessKey: string; token: string; role: "" | "agency" | "operator"; code: string; person: Person; visit: string };

const STORED = "session";
/** How long an agency waits for a tab that says nothing more before it answers by itself again, and how often a tab says that it is there. */
const STAY = { seconds: 180n, nanos: 0 };
const RENEWED = 45_000;
const NOBODY: Person = { fullName: "", position: "", capacity: "head" };

class Session {
  role = $state<"" | "agency" | "operator">("");
  agency = $state<Agency | undefined>();
  person = $state<Person>({ ...NOBODY });
  signer = $state.raw<Holder | undefined>();
  seal = $state.raw<Holder | undefined>();
  accessKey = $state("");
  ready = $state(false);
  private token = "";
  /** Names this tab's stay in an agency: another tab in the same agency has its own. */
  private visit = "";

  /** Takes what the link or this tab has. */
  async start() {
    const fromLink = /^#key=([0-9a-f]+)$/.exec(location.hash);
    const kept = JSON.parse(sessionStorage.getItem(STORED) ?? "null") as Kept | null;
    this.visit = kept?.visit || crypto.randomUUID();
    this.accessKey = fromLink?.[1] ?? kept?.accessKey ?? "";
    // The key leaves the address bar: it is not to be shown or bookmarked by chance.
    if (fromLink) history.replaceState(null, "", `${location.pathname}#/`);
    if (kept?.token) {
      useToken(kept.token);
      this.token = kept.token;
      try {
        if (kept.role === "operator") await this.enterAsOperator(kept.token);
        else if (kept.role === "agency") await this.enterAsAgency(kept.code, kept.person, kept.token);
      } catch {
        this.role = "";
      }
    }
    this.ready = true;
    this.keep();
    // A hub that was started again knows of nobody in the room.
    connection.onBack(() => void this.renew());
    setInterval(() => void this.renew(), RENEWED);
  }

  private async renew() {
    if (!this.accessKey || !this.role) return;
    const role = this.role === "operator"
      ? { case: "operator" as const, value: true }
      : { case: "agency" as const, value: this.agency?.code ?? "" };
    try {
      const { token } = await sandbox.enter({ accessKey: this.accessKey, role, visit: this.visit, stay: STAY });
      this.take(token);
    } catch {
      // Said by the next call that fails.
    }
  }

  private take(token: string) {
    this.token = token;
    useToken(token);
    this.keep();
  }

  async enterAsOperator(token = "") {
    if (this.accessKey) {
      token = (await sandbox.enter({ accessKey: this.accessKey, role: { case: "operator", value: true } })).token;
    }
    this.role = "operator";
    this.take(token);
  }

  async enterAsAgency(code: string, person: Person, token = "") {
    if (this.accessKey) {
      const entered = await sandbox.enter({ accessKey: this.accessKey, role: { case: "agency", value: code }, visit: this.visit, stay: STAY });
      this.agency = entered.agency;
      this.take(entered.token);
    } else {
      this.take(token);
      this.agency = (await directory.getAgency({ code })).agency;
    }
    this.person = person;
    this.signer = await findKey(this.signerId());
    this.seal = await findKey(this.sealId());
    if (this.accessKey) await this.certify();
    this.role = "agency";
    this.keep();
  }

  private signerId = () => `${location.origin} ${this.agency?.code} signer ${this.person.fullName} ${this.person.capacity}`;
  private sealId = () => `${location.origin} ${this.agency?.code} seal`;

  /** Makes what keys are missing, and has the sandbox's authority certify them. A sandbox of another seed wants new ones. */
  private async certify() {
    if (!this.signer || !(await this.isKnown(this.signer))) {
      const { fullName, position, capacity } = this.person;
      this.signer = await this.issue(this.signerId(), { subject: CertificateSubject.PERSON, fullName, position, capacity });
    }
    if (!this.seal || !(await this.isKnown(this.seal))) {
      this.seal = await this.issue(this.sealId(), { subject: CertificateSubject.SEAL });
    }
  }

  private async isKnown(holder: Holder): Promise<boolean> {
    const { certificates } = await directory.listCertificates({ agency: this.agency!.code, pageSize: 1000 });
    const same = (one: Uint8Array) => one.length === 32 && one.every((byte, at) => byte === holder.keyId[at]);
    return certificates.some((certificate) => same(certificate.fingerprint) && !certificate.revokedAt);
  }

  private async issue(id: string, what: { subject: CertificateSubject; fullName?: string; position?: string; capacity?: string }) {
    const { key, publicKey, proof } = await makeKey();
    const { certificate } = await sandbox.issueCertificate({ publicKey, proof, ...what });
    const holder: Holder = {
      id, key, name: certificate!.commonName, keyId: certificate!.fingerprint,
      certificates: [certificate!.der, ...certificate!.issuers],
    };
    await keepKey(holder);
    return holder;
  }

  async importHolder(which: "signer" | "seal", keyPem: string, certificatesPem: string) {
    const id = which === "signer" ? this.signerId() : this.sealId();
    const name = which === "signer" ? this.person.fullName : this.agency!.name;
    const holder = await importKey(id, name, keyPem, certificatesPem).catch(() => { throw new Error(t("key.unreadable")); });
    await keepKey(holder);
    this[which] = holder;
  }

  async leave() {
    if (this.role === "agency" && this.accessKey) await sandbox.leave({ visit: this.visit }).catch(() => undefined);
    this.role = "";
    this.agency = this.signer = this.seal = undefined;
    this.person = { ...NOBODY };
    this.take("");
  }

  private keep() {
    const kept: Kept = {
      accessKey: this.accessKey, token: this.token, role: this.role, code: this.agency?.code ?? "", person: this.person, visit: this.visit,
    };
    sessionStorage.setItem(STORED, JSON.stringify(kept));
  }
}

export const session = new Session();
