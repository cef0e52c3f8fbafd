// An agency's desk: what it received and sent, kept fresh, and word of statuses and notices as it comes.
import { DeliveryState, DeliveryKind, DocumentDirection, type DocumentSummary } from "../gen/truc/v1/exchange_pb.ts";
import { exchange, isUnreachable } from "./api.ts";

const PACE = 2_000;
const PAGE = 100;

type Word = { id: bigint; documentId: string; agency: string; status: number; text: string; notice: number };

class Desk {
  received = $state.raw<DocumentSummary[]>([]);
  sent = $state.raw<DocumentSummary[]>([]);
  loaded = $state(false);
  moreReceived = $state("");
  moreSent = $state("");
  /** Statuses and notices that came while somebody was here, the latest first. */
  words = $state.raw<Word[]>([]);
  private timer: ReturnType<typeof setTimeout> | undefined;
  private running = false;
  /** Counts changes of the agency: what was asked for another is not shown. */
  private turn = 0;

  get unread() {
    return this.received.filter(isUnread).length;
  }

  start() {
    if (this.running) return;
    this.running = true;
    const turn = ++this.turn;
    const beat = async () => {
      await this.refresh().catch((error) => { if (!isUnreachable(error)) console.debug(error); });
      if (this.running && turn === this.turn) this.timer = setTimeout(beat, document.hidden ? PACE * 5 : PACE);
    };
    void beat();
  }

  stop() {
    this.running = false;
    this.turn++;
    clearTimeout(this.timer);
    this.received = this.sent = [];
    this.words = [];
    this.loaded = false;
    this.moreReceived = this.moreSent = "";
  }

  async refresh() {
    const turn = this.turn;
    await this.takeWords();
    const [received, sent] = await Promise.all([
      exchange.listDocuments({ direction: DocumentDirection.RECEIVED, pageSize: PAGE }),
      exchange.listDocuments({ direction: DocumentDirection.SENT, pageSize: PAGE }),
    ]);
    if (turn !== this.turn) return;
    this.received = merged(received.documents, this.received);
    this.sent = merged(sent.documents, this.sent);
    if (!this.loaded) {
      this.moreReceived = received.nextPageToken;
      this.moreSent = sent.nextPageToken;
    }
    this.loaded = true;
  }

  private loading: Partial<Record<"inbox" | "outbox", Promise<void>>> = {};

  /** The next older page; who asks while it is on its way waits for the same one. */
  more(box: "inbox" | "outbox"): Promise<void> {
    return (this.loading[box] ??= this.older(box).finally(() => delete this.loading[box]));
  }

  private async older(box: "inbox" | "outbox") {
    const inbox = box === "inbox";
    const direction = inbox ? DocumentDirection.RECEIVED : DocumentDirection.SENT;
    const pageToken = inbox ? this.moreReceived : this.moreSent;
    const page = await exchange.listDocuments({ direction, pageSize: PAGE, pageToken });
    // Somebody left, or another came, in between.
    if (!this.running || pageToken !== (inbox ? this.moreReceived : this.moreSent)) return;
    if (inbox) [this.received, this.moreReceived] = [[...this.received, ...page.documents], page.nextPageToken];
    else [this.sent, this.moreSent] = [[...this.sent, ...page.documents], page.nextPageToken];
  }

  /** Statuses and notices are read here, so they are taken: otherwise they would wait for ever. */
  private async takeWords() {
    for (const kind of [DeliveryKind.STATUS, DeliveryKind.NOTICE]) {
      const { deliveries } = await exchange.listDeliveries({ kind, pageSize: 200 });
      const ids = deliveries.filter((one) => one.state === DeliveryState.WAITING).map((one) => one.deliveryId);
      if (!ids.length) continue;
      const fetched = await exchange.fetch({ deliveryIds: ids, headersOnly: true });
      const words = fetched.deliveries.flatMap(({ deliveryId, content }): Word[] => {
        if (content.case === "status") {
          const { documentId, agency, status, description } = content.value;
          return [{ id: deliveryId, documentId, agency, status, text: description, notice: 0 }];
        }
        if (content.case === "notice") {
          const { documentId, agency, kind, text } = content.value;
          return [{ id: deliveryId, documentId, agency, status: 0, text, notice: kind }];
        }
        return [];
      });
      await exchange.acknowledge({ deliveryIds: words.map((word) => word.id) });
      this.words = [...words.reverse(), ...this.words].slice(0, 200);
    }
  }

  /** Takes a document for good: the sender learns that it arrived. */
  async take(summary: DocumentSummary) {
    const state = summary.recipients[0];
    if (!state || !isUnread(summary)) return;
    await exchange.fetch({ deliveryIds: [state.deliveryId], headersOnly: true });
    await exchange.acknowledge({ deliveryIds: [state.deliveryId] });
    await this.refresh();
  }
}

export const isUnread = (summary: DocumentSummary) => {
  const state = summary.recipients[0]?.delivery;
  return state === DeliveryState.WAITING || state === DeliveryState.LEASED;
};

/** The latest page over what was there; older pages stay. */
function merged(latest: DocumentSummary[], before: DocumentSummary[]): DocumentSummary[] {
  const oldest = latest.at(-1)?.position;
  return oldest === undefined ? latest : [...latest, ...before.filter((one) => one.position < oldest)];
}

export const desk = new Desk();
