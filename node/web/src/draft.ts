/**
 * Keeps what somebody writes safe on the node: soon after each change, one save at a time, the newest text always last.
 * Knows nothing of Vue or of the network, so that it can be tested as it is.
 */
export interface Keeper<T> {
  /** Saves; rejects when it could not. `leaving`: the page is being left and there is no time. */
  save: (what: T, leaving: boolean) => Promise<void>;
  now: () => T;
  changed: (state: KeptState) => void;
  /** Whether it is tried again by itself after this failure; always, when nothing is said. */
  again?: (failed: unknown) => boolean;
  after: (ms: number, then: () => void) => () => void;
}
export interface KeptState {
  /** Nothing is only here. */
  safe: boolean;
  saving: boolean;
  failed: unknown;
}

/** After the last key, and at the latest after the first. */
export const SOON_MS = 1200;
export const LATEST_MS = 4000;
const AGAIN_MS = 3000;

export class DraftKeeper<T> {
  private version = 0;
  private saved = 0;
  private running: Promise<void> | null = null;
  private soon: (() => void) | null = null;
  private latest: (() => void) | null = null;
  private failed: unknown = null;
  private closed = false;

  constructor(private readonly keeper: Keeper<T>) {}

  get safe(): boolean {
    return this.saved === this.version;
  }

  touch(): void {
    ++this.version;
    this.soon?.();
    this.soon = this.keeper.after(SOON_MS, () => void this.flush().catch(() => undefined));
    this.latest ??= this.keeper.after(LATEST_MS, () => void this.flush().catch(() => undefined));
    this.tell();
  }

  /** Resolves when all that was written so far is on the node; rejects when it could not be saved. */
  async flush(): Promise<void> {
    this.quiet();
    const wanted = this.version;
    while (this.saved < wanted) {
      this.running ??= this.run();
      await this.running;
    }
  }

  /** What was written here is not to be kept: another text has taken its place. */
  forget(): void {
    this.quiet();
    this.saved = this.version;
    this.failed = null;
    this.tell();
  }

  /** The page goes away: one try, without waiting. */
  leave(): void {
    if (this.safe) return;
    this.quiet();
    void this.keeper.save(this.keeper.now(), true).catch(() => undefined);
  }

  close(): void {
    this.closed = true;
    this.quiet();
  }

  private async run(): Promise<void> {
    const version = this.version;
    this.tell();
    try {
      await this.keeper.save(this.keeper.now(), false);
      this.saved = version;
      this.failed = null;
    } catch (e) {
      this.failed = e;
      if (!this.closed && (this.keeper.again?.(e) ?? true)) this.soon ??= this.keeper.after(AGAIN_MS, () => void this.flush().catch(() => undefined));
      throw e;
    } finally {
      this.running = null;
      this.tell();
    }
  }

  private quiet(): void {
    this.soon?.();
    this.latest?.();
    this.soon = this.latest = null;
  }

  private tell(): void {
    this.keeper.changed({ safe: this.safe, saving: this.running !== null, failed: this.failed });
  }
}
