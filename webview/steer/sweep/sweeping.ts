// The sweep put together: what is open, its view, and the edit that it takes strengths into.
import { t } from '../../../src/shared/l10n.ts';
import type { FromSteerView, ToSteerView } from '../../../src/shared/webviewProtocol.ts';
import type { Arrangement } from '../draft/arrangement.ts';
import type { DraftEdit } from '../draft/edit/draftEdit.ts';
import { measureOf } from '../draft/edit/measure.ts';
import {
  type EditTarget,
  type Offered,
  sameTarget,
  targetKey,
  targetOf,
} from '../draft/edit/target.ts';
import { chosenEdits, editOf } from '../draft/listed.ts';
import { isSweepable } from './sweepRange.ts';
import { sweepView } from './sweepView.ts';
import { type OpenSweep, Sweeper } from './sweeper.ts';

export interface SweepingOptions {
  readonly arranged: Arrangement;
  readonly restored: OpenSweep | undefined;
  readonly post: (message: FromSteerView) => void;
  /** A strength was taken: the edit is to become this one. */
  readonly take: (edit: DraftEdit) => void;
  /** What is kept has changed. */
  readonly onChange: () => void;
}

export interface Sweeping {
  readonly element: HTMLElement;
  /** What is open, to be kept over a reload. */
  readonly kept: OpenSweep | undefined;
  open(target: EditTarget): void;
  /**
   * That of the edit at hand.
   * @param preferred key of the target whose edit it is, if that can be swept
   * @returns why there is none, in one sentence
   */
  openAny(preferred: string | undefined): string | undefined;
  draw(): void;
  receive(message: ToSteerView): void;
  close(): void;
}

export function sweeping(options: SweepingOptions): Sweeping {
  const { arranged, post, onChange } = options;
  const sweeper = new Sweeper({
    request: () => (arranged.obstacle === undefined ? arranged.request : undefined),
    post,
    restored: options.restored,
  });
  const after = (act: () => void) => (): void => {
    act();
    draw();
    onChange();
  };
  const view = sweepView({
    setRange: (range) => {
      sweeper.setRange(range);
      draw();
      onChange();
    },
    start: after(() => {
      sweeper.start();
    }),
    stop: () => {
      sweeper.stop();
    },
    close: after(() => {
      sweeper.close();
    }),
    choose: (strength) => {
      const edit = openEdit();
      if (edit !== undefined) options.take({ ...edit, ...strength });
    },
  });

  function offered(target: EditTarget): Offered | undefined {
    const { features, directions } = arranged.state;
    return [...features, ...directions].find((each) => sameTarget(targetOf(each), target));
  }

  function openEdit(): DraftEdit | undefined {
    const known = sweeper.open && offered(sweeper.open.target);
    return known && editOf(arranged.draft, known);
  }

  function draw(): void {
    const known = sweeper.open && offered(sweeper.open.target);
    const edit = known && editOf(arranged.draft, known);
    if (known !== undefined && edit !== undefined) {
      sweeper.follow(edit, measureOf(known).yardstick);
    }
    const { open: shown, isOutdated } = sweeper;
    const canStart =
      edit !== undefined && isSweepable(edit.operation) && arranged.obstacle === undefined;
    view.show(shown && edit && { open: shown, edit, canStart, isOutdated });
  }

  function open(target: EditTarget): void {
    const known = offered(target);
    if (known === undefined) return;
    sweeper.show(editOf(arranged.draft, known), measureOf(known).yardstick);
    draw();
    onChange();
    view.focus();
  }

  draw();
  return {
    element: view.element,
    get kept() {
      return sweeper.open;
    },
    open,
    openAny: (preferred) => {
      const edits = chosenEdits(arranged.draft, arranged.state).filter(({ operation }) =>
        isSweepable(operation),
      );
      const edit = edits.find((each) => targetKey(each) === preferred) ?? edits[0];
      if (edit === undefined) return t('Choose an edit with a strength, then sweep it.');
      open(edit);
      return undefined;
    },
    draw,
    receive: (message) => {
      const before = sweeper.open;
      sweeper.receive(message);
      if (sweeper.open === before) return;
      draw();
      if (sweeper.open?.shown?.phase !== 'running') onChange();
    },
    close: () => {
      sweeper.close();
      draw();
    },
  };
}
