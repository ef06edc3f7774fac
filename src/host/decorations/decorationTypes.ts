// The decoration types of VS Code, one for each paint that has been used and one for names behind lines. They live as long
// as the extension and are shared by all editors; colours are those of the theme, so a change of theme needs new ones only
// where backgrounds become lines.
import * as vscode from 'vscode';
import { colourIds } from '../../shared/themeColours.ts';
import { decorationStyle } from '../display/painting/decorationStyle.ts';
import type { Paint } from '../display/painting/paint.ts';

export class DecorationTypes implements vscode.Disposable {
  readonly isHighContrast: boolean;
  readonly #types = new Map<Paint, vscode.TextEditorDecorationType>();
  #label: vscode.TextEditorDecorationType | undefined;

  constructor(isHighContrast: boolean) {
    this.isHighContrast = isHighContrast;
  }

  of(paint: Paint): vscode.TextEditorDecorationType {
    let type = this.#types.get(paint);
    if (type === undefined) {
      type = vscode.window.createTextEditorDecorationType(options(paint, this.isHighContrast));
      this.#types.set(paint, type);
    }
    return type;
  }

  get label(): vscode.TextEditorDecorationType {
    this.#label ??= vscode.window.createTextEditorDecorationType({
      rangeBehavior: vscode.DecorationRangeBehavior.ClosedClosed,
      after: {
        color: new vscode.ThemeColor(colourIds.lineLabel),
        margin: '0 0 0 3ch',
        fontStyle: 'italic',
      },
    });
    return this.#label;
  }

  dispose(): void {
    for (const type of this.#types.values()) type.dispose();
    this.#types.clear();
    this.#label?.dispose();
    this.#label = undefined;
  }
}

function options(paint: Paint, isHighContrast: boolean): vscode.DecorationRenderOptions {
  const { background, border, radius, onRuler } = decorationStyle(paint, isHighContrast);
  return {
    rangeBehavior: vscode.DecorationRangeBehavior.ClosedClosed,
    ...(background !== undefined && { backgroundColor: new vscode.ThemeColor(background) }),
    ...(radius !== undefined && { borderRadius: radius }),
    ...(border && {
      borderColor: new vscode.ThemeColor(border.colour),
      borderWidth: border.width,
      borderStyle: border.style,
    }),
    ...(onRuler !== undefined && {
      overviewRulerColor: new vscode.ThemeColor(onRuler),
      overviewRulerLane: vscode.OverviewRulerLane.Center,
    }),
  };
}
