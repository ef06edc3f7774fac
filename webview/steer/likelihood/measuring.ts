// Measuring put together: what is asked and kept, its view, and the texts that it can take from the last run.
import type {
  FromSteerView,
  SteeredTexts,
  ToSteerView,
} from '../../../src/shared/webviewProtocol.ts';
import type { Arrangement } from '../draft/arrangement.ts';
import { likelihoodView } from './likelihoodView.ts';
import { type KeptLikelihood, Measurer } from './measurer.ts';

export interface MeasuringOptions {
  readonly arranged: Arrangement;
  readonly restored: KeptLikelihood | undefined;
  /** What the last run has written; `undefined` while it is writing. */
  readonly texts: () => SteeredTexts | undefined;
  readonly post: (message: FromSteerView) => void;
  /** What is kept has changed. */
  readonly onChange: () => void;
}

export interface Measuring {
  readonly element: HTMLElement;
  /** To be kept over a reload. */
  readonly kept: KeptLikelihood;
  /** Edits or settings are others now. */
  changed(): void;
  draw(): void;
  receive(message: ToSteerView): void;
  /** Another prompt was chosen. */
  forget(): void;
}

export function measuring(options: MeasuringOptions): Measuring {
  const { arranged, texts, post, restored } = options;
  const onChange = (): void => {
    draw();
    options.onChange();
  };
  const measurer = new Measurer({
    request: () => (arranged.obstacle === undefined ? arranged.request : undefined),
    isLive: () => arranged.draft.isLive,
    ...{ post, onChange, restored },
  });
  const view = likelihoodView(measurer.kept.isOpen, {
    setOpen: (isOpen) => {
      measurer.setOpen(isOpen);
      onChange();
    },
    write: (continuation) => {
      measurer.write(continuation);
      onChange();
    },
    take: (side) => {
      measurer.write(texts()?.[side] ?? '');
      measurer.changed();
      onChange();
    },
    start: () => {
      measurer.start();
      onChange();
    },
    stop: () => {
      measurer.stop();
    },
  });

  function draw(): void {
    const { kept, canStart, isOutdated } = measurer;
    const { baseline = '', steered = '' } = texts() ?? {};
    view.show({
      ...{ kept, canStart, isOutdated, obstacle: arranged.obstacle },
      hasText: { baseline: baseline !== '', steered: steered !== '' },
    });
  }

  return {
    element: view.element,
    get kept() {
      return measurer.kept;
    },
    changed: () => {
      measurer.changed();
    },
    draw,
    receive: (message) => {
      const before = measurer.kept.shown;
      measurer.receive(message);
      if (measurer.kept.shown !== before) onChange();
    },
    forget: () => {
      measurer.forget();
      draw();
    },
  };
}
