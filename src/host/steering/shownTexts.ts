// Both texts of a run in editors, side by side or as a diff.
import * as vscode from 'vscode';
import { textScheme } from '../../shared/contributions.ts';
import { t } from '../../shared/l10n.ts';
import type { SteeredTexts } from '../../shared/webviewProtocol.ts';
import { runCommand } from '../commands/commands.ts';
import type { KeptTexts } from '../comparison/keptTexts.ts';

/** With the features that they have and have not in common. */
export function compareTexts(texts: SteeredTexts, kept: KeptTexts): unknown {
  const { baseline, steered } = keep(texts, kept);
  return runCommand('compareFeatures', baseline, steered);
}

export function diffTexts(texts: SteeredTexts, kept: KeptTexts): unknown {
  const { baseline, steered } = keep(texts, kept);
  const title = `${t('Baseline')} ↔ ${t('Steered')}`;
  return vscode.commands.executeCommand('vscode.diff', baseline, steered, title);
}

/** Whole texts as documents: a model reads a continuation behind its prompt. */
function keep(
  { prompt, baseline, steered }: SteeredTexts,
  texts: KeptTexts,
): Record<'baseline' | 'steered', vscode.Uri> {
  const paths = texts.keep({ baseline: prompt + baseline, steered: prompt + steered });
  const uriOf = (path: string): vscode.Uri => vscode.Uri.from({ scheme: textScheme, path });
  return { baseline: uriOf(paths.baseline), steered: uriOf(paths.steered) };
}
