/** Tells waiting tests that something may have become true. Nothing polls: a condition is looked at when the world changed. */
export class Changes {
  readonly #listeners = new Set<() => void>();

  announce(): void {
    for (const listener of [...this.#listeners]) listener();
  }

  /**
   * Resolves as soon as the condition holds, looked at now and after every change. Rejects after `failAfterMs`, and when
   * the condition throws.
   */
  until(
    condition: () => boolean | Promise<boolean>,
    failAfterMs: number,
    waitingFor: () => string,
  ): Promise<void> {
    return new Promise((resolve, reject) => {
      const stop = () => {
        clearTimeout(deadline);
        this.#listeners.delete(look);
      };
      const look = () => {
        Promise.resolve()
          .then(condition)
          .then(
            (holds) => {
              if (!holds) return;
              stop();
              resolve();
            },
            (error: unknown) => {
              stop();
              reject(error);
            },
          );
      };
      const deadline = setTimeout(() => {
        stop();
        reject(new Error(`did not come true within ${failAfterMs} ms. ${waitingFor()}`));
      }, failAfterMs);
      this.#listeners.add(look);
      look();
    });
  }
}
