// Whether the hub answers. Nothing is lost while it does not: pages keep what they have and ask again.
import { Code, ConnectError } from "@connectrpc/connect";

class Connection {
  up = $state(true);
  /** Called when the hub answers again after it did not. */
  private whenBack: (() => void)[] = [];

  reached() {
    if (this.up) return;
    this.up = true;
    for (const tell of this.whenBack) tell();
  }

  failed(error: unknown) {
    const failed = ConnectError.from(error);
    // A refusal is an answer too; what the browser could not fetch is none.
    const unanswered = failed.code === Code.Unknown || failed.code === Code.Unavailable;
    if (unanswered && /fetch|network|load failed/i.test(`${failed.message} ${String(failed.cause ?? "")}`)) this.up = false;
  }

  onBack(tell: () => void) {
    this.whenBack.push(tell);
  }
}

export const connection = new Connection();
