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
  #chosen: View;
  #preview: View | undefined;
  /** What `toggle` returns to. */
  #shown: View;

  /** @param isOn whether something is painted in a window that remembers no view */
  constructor(memory: Memory, isOn: boolean) {
    this.#memory = memory;
    const remembered = readView(memory.get(memoryKey));
    this.#chosen = isOn ? (remembered ?? { kind: 'top' }) : { kind: 'off' };
    this.#shown =
      remembered === undefined || remembered.kind === 'off' ? { kind: 'top' } : remembered;
  }

  /** `current` is another view. */
  readonly onDidChange = this.#changed.event;

  get current(): View {
    return this.#preview ?? this.#chosen;
  }

  get isOn(): boolean {
    return this.current.kind !== 'off';
  }

  async choose(view: View): Promise<void> {
    const before = this.current;
    const isNew = !isSameView(view, this.#chosen);
    this.#preview = undefined;
    this.#chosen = view;
    if (view.kind !== 'off') this.#shown = view;
    if (!isSameView(view, before)) this.#changed.fire(view);
    if (isNew) await this.#memory.update(memoryKey, view);
  }

  /** Shows a view that nobody has chosen yet, until another call or a choice. @param view none: the chosen one again */
  preview(view?: View): void {
    const before = this.current;
    this.#preview = view;
    if (!isSameView(this.current, before)) this.#changed.fire(this.current);
  }

  /** Off, or the view that was shown before. */
  async toggle(): Promise<void> {
    await this.choose(this.isOn ? { kind: 'off' } : this.#shown);
  }

  dispose(): void {
    this.#changed.dispose();
  }
}
