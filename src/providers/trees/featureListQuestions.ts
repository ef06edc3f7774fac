// “Rank Features By…” and “Filter Features…”: how the features of the file are listed.
import * as vscode from 'vscode';
import { pickerTitle } from '../../host/commands/commandTitle.ts';
import { readRanking } from '../../host/display/features/featureRankings.ts';
import { rankingChoices } from '../../host/display/features/fileFeaturesText.ts';
import { writeSetting } from '../../host/settings.ts';
import type { FeatureListChoice } from '../../host/trees/featureListChoice.ts';
import { fileFeaturesView } from '../../shared/contributions.ts';
import { DisposableStore } from '../../shared/disposable.ts';
import { t } from '../../shared/l10n.ts';

/** The list follows when typing pauses for this long, in milliseconds. */
const typingPauseMs = 120;

/** @param argument name of a ranking; anything else asks */
export async function rankFeatures(choice: FeatureListChoice, argument?: unknown): Promise<void> {
  const ranking = readRanking(argument);
  if (ranking !== undefined) {
    await choice.rank(ranking);
    return;
  }
  const items = rankingChoices().map((item) => ({
    ...item,
    ...(item.ranking === choice.ranking && { description: t('now') }),
  }));
  const chosen = await vscode.window.showQuickPick(items, {
    title: pickerTitle('rankFeatures'),
    placeHolder: t('Which features of the file come first'),
    matchOnDetail: true,
  });
  if (chosen === undefined) return;
  await choice.rank(chosen.ranking);
  await showList();
}

/** @param argument what narrows the list down, empty for nothing; anything but a text asks */
export async function filterFeatures(choice: FeatureListChoice, argument?: unknown): Promise<void> {
  if (typeof argument === 'string') {
    choice.filter(argument);
    return;
  }
  await showList();
  const before = choice.words;
  const typed = await typeFilter(choice);
  choice.filter(typed ?? before);
}

/** The list follows what is typed. @returns `undefined` when the box is closed without an answer */
async function typeFilter(choice: FeatureListChoice): Promise<string | undefined> {
  const lifetime = new DisposableStore();
  const box = lifetime.add(vscode.window.createInputBox());
  box.title = pickerTitle('filterFeatures');
  box.prompt = t('Numbers of features, or words they stand for; empty shows all');
  box.value = choice.words;
  let timer: NodeJS.Timeout | undefined;
  lifetime.add({ dispose: () => clearTimeout(timer) });
  lifetime.add(
    box.onDidChangeValue((value) => {
      clearTimeout(timer);
      timer = setTimeout(() => choice.filter(value), typingPauseMs);
    }),
  );
  try {
    return await new Promise((resolve) => {
      lifetime.add(box.onDidAccept(() => resolve(box.value)));
      lifetime.add(box.onDidHide(() => resolve(undefined)));
      box.show();
    });
  } finally {
    lifetime.dispose();
  }
}

/** Losses need the whole model, so they are computed only where somebody wants them. */
export async function computeLosses(): Promise<void> {
  await writeSetting('predictions', true);
}

async function showList(): Promise<void> {
  await vscode.commands.executeCommand(`${fileFeaturesView}.focus`);
}
