// What the lists of edits share with the rest of the view.
import type { FromSteerView } from '../../../src/shared/webviewProtocol.ts';
import type { Arrangement } from '../draft/arrangement.ts';
import type { Draft } from '../draft/draft.ts';
import type { EditTarget } from '../draft/edit/target.ts';

export interface EditingOptions {
  readonly arranged: Arrangement;
  readonly post: (message: FromSteerView) => void;
  /** @param what see `whatChanged` */
  readonly change: (next: Draft, what: string) => void;
  readonly sweep: (target: EditTarget) => void;
}
