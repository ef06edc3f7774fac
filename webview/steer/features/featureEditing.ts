// Features put together: the list, what the user does in it, and the feature that is to come onto it.
import type { FeatureRef } from '../../../src/shared/engineProtocol.ts';
import { withEdit, withFeature, withoutTarget } from '../draft/draft.ts';
import { featureOf, sameTarget, targetKey } from '../draft/edit/target.ts';
import { editOf, listedFeatures } from '../draft/listed.ts';
import { whatChanged } from '../draft/whatChanged.ts';
import type { EditingOptions } from '../edits/editing.ts';
import { leaveRow } from '../focus.ts';
import { featureList } from './featureList.ts';

export interface FeatureEditing {
  readonly element: HTMLElement;
  draw(): void;
  /** Says whether the list belongs to the prompt as it is now. */
  showAge(isCurrent: boolean): void;
  /** Puts a feature on the list; the focus goes there when it has come. */
  add(feature: FeatureRef): void;
}

export function featureEditing({ arranged, post, change, sweep }: EditingOptions): FeatureEditing {
  let awaited: FeatureRef | undefined;
  const list = featureList({
    edit: (edit) => {
      change(withEdit(arranged.draft, edit), whatChanged(arranged.draft, edit));
    },
    open: (feature) => {
      post({ kind: 'openFeature', ...feature });
    },
    remove: (feature) => {
      change(withoutTarget(arranged.draft, feature), targetKey(feature));
      leaveRow(list.element, draw);
    },
    sweep,
    add,
    find: () => {
      post({ kind: 'findFeature' });
    },
  });

  function add({ sae, feature }: FeatureRef): void {
    const ref = { sae, feature };
    change(withFeature(arranged.draft, ref), targetKey(ref));
    awaited = ref;
    post({ kind: 'addFeature', ...ref });
  }

  function draw(): void {
    const { draft, state } = arranged;
    const listed = listedFeatures(draft, state);
    list.show(
      listed.map((feature) => ({ feature, edit: editOf(draft, feature) })),
      state.saes,
    );
    const wanted = awaited;
    if (wanted !== undefined && listed.some((feature) => sameTarget(featureOf(feature), wanted))) {
      list.focus(wanted);
      awaited = undefined;
    }
  }

  return {
    element: list.element,
    draw,
    showAge: (isCurrent) => {
      list.showAge(isCurrent);
    },
    add,
  };
}
