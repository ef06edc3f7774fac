// Paints a token by how its loss changes, in the colours of the ablation map: those that VS Code's themes have for Monosem,
// which it hands to views as custom properties. likelihood.css draws with what stands here.
import { lossChangeOf } from '../../../src/shared/lossChange.ts';
import { colourIds } from '../../../src/shared/themeColours.ts';

/** @param change of its loss in nats; one that hardly changes stays as it is */
export function paintLossChange(token: HTMLElement, change: number): void {
  const painted = lossChangeOf(change);
  if (painted === undefined) return;
  const { kind, level } = painted;
  token.classList.add(`is-${kind}`);
  token.style.setProperty('--change-tint', themeColour(colourIds[kind](level)));
  token.style.setProperty('--change-line', themeColour(colourIds.lossChangeOnRuler[kind]));
  token.style.setProperty('--change-level', String(level + 1));
}

/**
 * A theme colour as views are given it. VS Code turns the first dot of its id into a dash and leaves the others
 * (`WebviewThemeDataProvider`); should it ever turn all of them, that is the second name.
 */
function themeColour(id: string): string {
  const name = CSS.escape(id.replace('.', '-'));
  return `var(--vscode-${name},var(--vscode-${id.replaceAll('.', '-')}))`;
}
