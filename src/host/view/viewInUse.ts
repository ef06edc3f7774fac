// Which view is chosen in this window, remembered over a reload. Without VS Code.
import type { Disposable } from '../../shared/disposable.ts';
import { Emitter } from '../../shared/emitter.ts';
import type { Memory } from '../memory.ts';
import { isSameView, readView } from './view.ts';
import type { View } from './view.ts';

const memoryKey = 'monosem.view';

export class ViewInUse implements Disposable {
  readonly #memory: Memory;
  readonly #changed = new Emitter<View>();
  #current: View;
  /** What `toggle` returns to. */
  #shown: View;

  /** @param isOn whether something is painted in a window that remembers no view */
  constructor(memory: Memory, isOn: boolean) {
    this.#memory = memory;
    const remembered = readView(memory.get(memoryKey));
    this.#current = isOn ? (remembered ?? { kind: 'top' }) : { kind: 'off' };
    this.#shown =
      remembered === undefined || remembered.kind === 'off' ? { kind: 'top' } : remembered;
  }

  /** Another view was chosen. */
  readonly onDidChange = this.#changed.event;

  get current(): View {
    return this.#current;
  }

  get isOn(): boolean {
    return this.#current.kind !== 'off';
  }

  async choose(view: View): Promise<void> {
    if (isSameView(view, this.#current)) return;
    this.#current = view;
    if (view.kind !== 'off') this.#shown = view;
    this.#changed.fire(view);
    await this.#memory.update(memoryKey, view);
  }

  /** Off, or the view that was shown before. */
  async toggle(): Promise<void> {
    await this.choose(this.isOn ? { kind: 'off' } : this.#shown);
  }

  dispose(): void {
    this.#changed.dispose();
  }
}
