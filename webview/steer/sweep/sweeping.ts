// The sweep put together: what is open, its view, and the edit that it takes strengths into.
import type { FeatureRef } from '../../../src/shared/engineProtocol.ts';
import { sameFeature } from '../../../src/shared/featureRef.ts';
import { t } from '../../../src/shared/l10n.ts';
import type {
  FromSteerView,
  SteerFeature,
  ToSteerView,
} from '../../../src/shared/webviewProtocol.ts';
import type { Arrangement } from '../draft/arrangement.ts';
import { chosenEdits, editOf, refOf } from '../draft/draft.ts';
import type { DraftEdit } from '../draft/draftEdit.ts';
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
  open(feature: FeatureRef): void;
  /** That of the edit at hand. @returns why there is none, in one sentence */
  openAny(preferred: FeatureRef | undefined): string | undefined;
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

  function offered(feature: FeatureRef): SteerFeature | undefined {
    return arranged.state.features.find((each) => sameFeature(refOf(each), feature));
  }

  function openEdit(): DraftEdit | undefined {
    const feature = sweeper.open && offered(sweeper.open.feature);
    return feature && editOf(arranged.draft, feature);
  }

  function draw(): void {
    const edit = openEdit();
    const { open } = sweeper;
    if (open !== undefined && edit !== undefined) {
      sweeper.follow(edit, offered(open.feature)?.brief.maxActivation ?? 0);
    }
    const { open: shown, isOutdated } = sweeper;
    const canStart =
      edit !== undefined && isSweepable(edit.operation) && arranged.obstacle === undefined;
    view.show(shown && edit && { open: shown, edit, canStart, isOutdated });
  }

  function open(feature: FeatureRef): void {
    const known = offered(feature);
    if (known === undefined) return;
    sweeper.show(editOf(arranged.draft, known), known.brief.maxActivation);
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
      const edit =
        edits.find((each) => preferred !== undefined && sameFeature(each, preferred)) ?? edits[0];
      if (edit === undefined) {
        return t('Choose an edit with a strength for a feature, then sweep it.');
      }
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
