// Changes what is painted: asks for a view, shows those that cost nothing while somebody goes through the list, and asks
// what else a view needs to know.
import * as vscode from 'vscode';
import { runCommand } from '../../host/commands/commands.ts';
import { viewWords } from '../../host/display/viewText.ts';
import type { Services } from '../../host/services.ts';
import { readSetting } from '../../host/settings.ts';
import { featureOfView, viewKinds } from '../../host/view/view.ts';
import type { View, ViewKind } from '../../host/view/view.ts';
import {
  blockOfPlace,
  blockOfSite,
  hasBlock,
  isCheapPreview,
  namedView,
  ownSaes,
} from '../../host/view/viewChoice.ts';
import { commands } from '../../shared/contributions.ts';
import { DisposableStore } from '../../shared/disposable.ts';
import type { FeatureRef } from '../../shared/engineProtocol.ts';
import { MonosemError } from '../../shared/errors.ts';
import { t } from '../../shared/l10n.ts';
import { nameOfNeurons } from '../../shared/saePlace.ts';

export type AskForFeature = () => Promise<FeatureRef | undefined>;

interface ViewItem extends vscode.QuickPickItem {
  readonly view: ViewKind;
}

/**
 * @param argument a kind of view or a whole one; anything else asks
 * @throws MonosemError `badArgument` for a view that does not exist
 */
export async function changeView(
  services: Services,
  ask: AskForFeature,
  argument?: unknown,
): Promise<void> {
  const named = namedView(argument);
  if (named === 'unknown') {
    throw new MonosemError(
      'badArgument',
      t('There is no view {0}; there are {1}.', String(argument), viewKinds.join(', ')),
    );
  }
  if (named !== undefined && 'view' in named) await checkView(services, named.view);
  const chosen = named ?? (await pickView(services));
  if (chosen === undefined) return;
  const view = 'view' in chosen ? chosen.view : await completeView(services, chosen.kind, ask);
  if (view === undefined) return;
  await services.view.choose(view);
  const feature = featureOfView(view);
  if (feature !== undefined) await services.collection.look(feature);
  if (view.kind === 'pinned' && services.collection.pinned.length === 0) void offerToPin();
}

async function checkView({ model, shownSae }: Services, view: View): Promise<void> {
  const sae = featureOfView(view)?.sae;
  const neurons = sae === undefined ? undefined : blockOfPlace(sae);
  const block = view.kind === 'neurons' ? view.block : neurons;
  if (block !== undefined && !hasBlock(block, model.facts)) {
    throw new MonosemError(
      'badArgument',
      t('The model has no block {0}; its last one is {1}.', block, (model.facts?.layers ?? 1) - 1),
    );
  }
  if (sae !== undefined && neurons === undefined) await shownSae.meant(sae);
}

/** @returns `undefined` when nothing is chosen */
async function completeView(
  services: Services,
  kind: ViewKind,
  ask: AskForFeature,
): Promise<View | undefined> {
  switch (kind) {
    case 'feature':
    case 'ablation': {
      const feature = await ask();
      return feature && { kind, feature };
    }
    case 'neurons': {
      const block = await pickBlock(services);
      return block === undefined ? undefined : { kind, block };
    }
    default:
      return { kind };
  }
}

/** The view in use is chosen at first, so that opening the list changes nothing. */
async function pickView(services: Services): Promise<{ readonly kind: ViewKind } | undefined> {
  const { view } = services;
  const before = view.current;
  const lifetime = new DisposableStore();
  const picker = lifetime.add(vscode.window.createQuickPick<ViewItem>());
  picker.title = commands.changeView.title.replace('…', '');
  picker.placeholder = t('What the colours in the text stand for');
  picker.matchOnDescription = true;
  picker.items = offeredKinds(services).map((kind) =>
    viewItem(services, kind, kind === before.kind),
  );
  picker.activeItems = picker.items.filter(({ view }) => view === before.kind);
  lifetime.add(
    picker.onDidChangeActive(([item]) => view.preview(item && previewOf(item.view, before))),
  );
  try {
    const chosen = await choiceOf(picker, lifetime);
    return chosen && { kind: chosen.view };
  } finally {
    lifetime.dispose();
    view.preview();
  }
}

/** A view without parameters that can be seen at once. */
function previewOf(kind: ViewKind, before: View): View | undefined {
  if (kind === before.kind) return undefined;
  if (kind === 'feature' || kind === 'ablation' || kind === 'neurons') return undefined;
  const shown: View = { kind };
  return isCheapPreview(before, shown, readSetting('predictions')) ? shown : undefined;
}

/** All SAEs together are of use where there are several. */
function offeredKinds({ model, view: { current } }: Services): readonly ViewKind[] {
  const areSeveral = ownSaes(model.saes, current).length > 1;
  return viewKinds.filter((kind) => kind !== 'merged' || areSeveral || current.kind === 'merged');
}

function viewItem({ collection }: Services, kind: ViewKind, isCurrent: boolean): ViewItem {
  const { title, description, icon } = viewWords(kind);
  const isEmpty = kind === 'pinned' && collection.pinned.length === 0;
  const words = isEmpty ? t('Nothing is pinned yet: pin features in hovers or lists') : description;
  return {
    label: `${icon} ${title}`,
    description: isCurrent ? t('{0} · chosen now', words) : words,
    view: kind,
  };
}

/** Layers of the model, that of the painted SAE first chosen; one that is alone is not asked for. */
async function pickBlock(services: Services): Promise<number | undefined> {
  const { model, shownSae, view } = services;
  await services.source();
  await model.learn();
  const { facts } = model;
  if (facts === undefined) {
    throw new MonosemError(
      'badArgument',
      t('How many layers the model has is not known yet; try again when it is open.'),
    );
  }
  const site = model.factsOf(shownSae.current ?? '')?.site ?? '';
  const own = blockOfSite(site);
  const first = view.current.kind === 'neurons' ? view.current.block : own;
  if (facts.layers === 1) return 0;
  const lifetime = new DisposableStore();
  const picker = lifetime.add(
    vscode.window.createQuickPick<vscode.QuickPickItem & { readonly block: number }>(),
  );
  picker.title = viewWords('neurons').title.replace('…', '');
  picker.placeholder = t('The layer whose neurons colour the tokens');
  picker.items = Array.from({ length: facts.layers }, (_, block) => ({
    label: nameOfNeurons(block),
    description: block === own ? t('where the painted SAE reads') : '',
    block,
  }));
  picker.activeItems = picker.items.filter(({ block }) => block === first);
  try {
    return (await choiceOf(picker, lifetime))?.block;
  } finally {
    lifetime.dispose();
  }
}

/** Shows a list; `undefined` when it is left. */
function choiceOf<Item extends vscode.QuickPickItem>(
  picker: vscode.QuickPick<Item>,
  lifetime: DisposableStore,
): Promise<Item | undefined> {
  return new Promise((resolve) => {
    lifetime.add(picker.onDidAccept(() => resolve(picker.activeItems[0])));
    lifetime.add(picker.onDidHide(() => resolve(undefined)));
    picker.show();
  });
}

async function offerToPin(): Promise<void> {
  const pin = commands.pinFeature.title;
  const chosen = await vscode.window.showInformationMessage(
    t('Nothing is pinned yet. Pin features in hovers, in lists of features, or by their numbers.'),
    pin,
  );
  if (chosen === pin) await runCommand('pinFeature');
}
