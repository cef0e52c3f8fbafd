// A file of a draft. Small ones travel in the envelope; others go to the hub part by part while the draft is being written, so that
// neither the browser nor the hub ever holds one as a whole. An upload survives a restart of the hub, and goes on where it stopped.
import { sha256 as hasher } from "@noble/hashes/sha2.js";
import { exchange, isUnreachable, refusalOf } from "./api.ts";

/** Contents that travel in the envelope, together, bytes (Envelope.inline_attachments). */
export const INLINE_MAX = 1 << 20;
/** Bytes of one attachment, as the hub has it. */
export const SIZE_MAX = 2 * 2 ** 30;
/** Bytes of one part. */
const PART = 1 << 20;
/** Between two tries while the hub is away, milliseconds. */
const PAUSE = 1_000;

export type State = "hashing" | "sending" | "waiting" | "stored" | "inline" | "failed";

export class Attached {
  state = $state<State>("hashing");
  /** Bytes hashed or uploaded so far. */
  done = $state(0);
  failure = $state.raw<unknown>();
  /** Of a file that travels in the envelope. */
  content: Uint8Array<ArrayBuffer> | undefined;
  sha256: Uint8Array = new Uint8Array();
  private removed = new AbortController();

  constructor(private file: File, private inline: boolean) {}

  get name() { return this.file.name; }
  get size() { return this.file.size; }
  get contentType() { return this.file.type || "application/octet-stream"; }
  /** It may be signed and sent. */
  get ready() { return this.state === "stored" || this.state === "inline"; }
  get percent() { return Math.floor((this.done / this.file.size) * 100); }
  get inlineSize() { return this.inline ? this.file.size : 0; }

  /** Reads it for its digest, and uploads it where it does not travel in the envelope. */
  async start() {
    try {
      this.failure = undefined;
      [this.state, this.done] = ["hashing", 0];
      const hash = hasher.create();
      for (let at = 0; at < this.file.size; at += PART) {
        hash.update(await this.part(at));
        this.done = Math.min(at + PART, this.file.size);
        this.removed.signal.throwIfAborted();
      }
      this.sha256 = hash.digest();
      if (this.inline) this.content = new Uint8Array(await this.file.arrayBuffer());
      else await this.upload();
      this.state = this.inline ? "inline" : "stored";
    } catch (error) {
      if (this.removed.signal.aborted) return;
      [this.state, this.failure] = ["failed", error];
    }
  }

  /** Stops; what the hub has of it is thrown away there after a day. */
  remove() {
    this.removed.abort();
  }

  private async part(at: number): Promise<Uint8Array<ArrayBuffer>> {
    return new Uint8Array(await this.file.slice(at, at + PART).arrayBuffer());
  }

  private async upload() {
    const { signal } = this.removed;
    const whole = { sha256: this.sha256, size: BigInt(this.file.size) };
    [this.state, this.done] = ["sending", 0];
    // First of all: how much of it is there.
    let next: { offset: number; chunk: Uint8Array<ArrayBuffer> } = { offset: 0, chunk: new Uint8Array() };
    for (;;) {
      try {
        const { received, stored } = await exchange.uploadPart({ ...whole, offset: BigInt(next.offset), chunk: next.chunk }, { signal });
        [this.state, this.done] = ["sending", Number(received)];
        if (stored) return;
      } catch (error) {
        if (signal.aborted) throw error;
        const { metadata, reason } = refusalOf(error);
        if (isUnreachable(error) || reason === "OVERLOADED") {
          this.state = "waiting";
          await new Promise((resolve) => setTimeout(resolve, PAUSE));
          // The part may have arrived though its answer did not.
          next = { offset: 0, chunk: new Uint8Array() };
          continue;
        }
        if (metadata.received === undefined) throw error;
        this.done = Number(metadata.received);
      }
      next = { offset: this.done, chunk: await this.part(this.done) };
    }
  }
}
