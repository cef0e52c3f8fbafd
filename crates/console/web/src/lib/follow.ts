// A stream that goes on: when it ends or breaks, it is opened again, a little later each time, until it is no longer wanted.
export function follow(signal: AbortSignal, read: (signal: AbortSignal) => Promise<void>) {
  const beat = async () => {
    let pause = 250;
    while (!signal.aborted) {
      const begun = Date.now();
      try {
        await read(signal);
      } catch {
        // Said by the connection's state.
      }
      if (Date.now() - begun > 5_000) pause = 250;
      await new Promise((resolve) => setTimeout(resolve, pause));
      pause = Math.min(pause * 2, 4_000);
    }
  };
  void beat();
}
