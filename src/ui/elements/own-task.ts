/** A component that updates in a task of its own: all of a page's at once would hold it up. */
import type { LitElement } from "lit";

// A mixin's constructor takes whatever the class that it extends takes.
type Constructor<T> = new (...args: any[]) => T;

/** The first update is made at once, so that a page does not come in pieces; later ones wait for their turn. */
export function OwnTask<T extends Constructor<LitElement>>(Base: T): T {
  class WithOwnTask extends Base {
    protected override async scheduleUpdate(): Promise<void> {
      if (this.hasUpdated) await new Promise((resolve) => setTimeout(resolve));
      await super.scheduleUpdate();
    }
  }
  return WithOwnTask;
}
