// Chooses the SAEs that are active at once, and the one of them whose features are painted.
import * as vscode from 'vscode';
import { chooseActiveSaes } from '../host/source/activeSaes.ts';
import { pickerTitle } from '../host/commands/commandTitle.ts';
import { saeItems } from '../host/display/saeItems.ts';
import { oneLine } from '../host/display/oneLine.ts';
import { offerCommands } from '../host/commands/offerCommands.ts';
import type { Services } from '../host/services.ts';
import { readSaeArgument } from '../host/commands/saeArgument.ts';
import { saePlaces, saesBeside } from '../host/source/source.ts';
import { neuronsOfView } from '../host/view/view.ts';
import type { View } from '../host/view/view.ts';
import { ownSaes } from '../host/view/viewChoice.ts';
import { DisposableStore } from '../shared/disposable.ts';
import type { SaePlace } from '../shared/engineProtocol.ts';
import { saeLabels } from '../shared/featureRef.ts';
import { t } from '../shared/l10n.ts';
import { browseFolders, folderOf } from '../host/folders.ts';

/** An SAE to tick; the item without one opens the dialog. */
interface SaeItem extends vscode.QuickPickItem {
  readonly sae?: SaePlace;
}

/** @param folders a `Uri` or several, e.g. from another extension; anything else asks */
export async function chooseSaes(services: Services, folders?: unknown): Promise<void> {
  const named = (Array.isArray(folders) ? folders : [folders])
    .map(folderOf)
    .filter((folder) => folder !== undefined);
  const chosen = named.length > 0 ? named : await askForSaes(services);
  if (chosen === undefined) return;
  await chooseActiveSaes(services, chosen);
}

/** @returns the places, none for what comes with the model, or `undefined` when nothing is chosen */
async function askForSaes({
  model,
  sourceSettings,
}: Services): Promise<readonly SaePlace[] | undefined> {
  const settings = sourceSettings();
  const active = await saePlaces(settings);
  const offered = [...new Set([...active, ...(await saesBeside(settings))])];
  if (offered.length === 0) return browse([]);
  const sites = new Map(model.namedSaes.map(({ sae, site }) => [sae, site]));
  const items: readonly SaeItem[] = [
    ...saeItems(offered, sites),
    {
      label: `$(folder-opened) ${t('Choose Folder…')}`,
      detail: t('The files of one SAE as SAELens, Gemma Scope, sparsify and others publish them'),
      alwaysShow: true,
    },
  ];
  const ticked = items.filter(({ sae }) => sae !== undefined && active.includes(sae));
  const chosen = await tick(items, ticked);
  if (chosen === undefined) return undefined;
  const places = chosen.map(({ sae }) => sae).filter((sae) => sae !== undefined);
  return places.length < chosen.length ? browse(places) : inOrder(places, active);
}

/**
 * Ticking the item that is no SAE ends the choice at once: the dialog is what was asked for. Ticking all at once is
 * not ticking it.
 */
async function tick(
  items: readonly SaeItem[],
  ticked: readonly SaeItem[],
): Promise<readonly SaeItem[] | undefined> {
  const lifetime = new DisposableStore();
  const picker = lifetime.add(vscode.window.createQuickPick<SaeItem>());
  picker.title = pickerTitle('chooseSaes');
  picker.placeholder = t('All that are ticked are active at once');
  picker.canSelectMany = true;
  picker.matchOnDescription = true;
  picker.matchOnDetail = true;
  picker.items = items;
  picker.selectedItems = ticked;
  let before = ticked;
  const isDialog = ({ sae }: SaeItem): boolean => sae === undefined;
  try {
    return await new Promise((resolve) => {
      lifetime.add(
        picker.onDidChangeSelection((selected) => {
          const added = selected.filter((item) => !before.includes(item));
          before = selected;
          if (!added.some(isDialog)) return;
          if (added.length === 1) resolve(selected);
          else picker.selectedItems = selected.filter((item) => !isDialog(item));
        }),
      );
      lifetime.add(picker.onDidAccept(() => resolve(picker.selectedItems)));
      lifetime.add(picker.onDidHide(() => resolve(undefined)));
      picker.show();
    });
  } finally {
    lifetime.dispose();
  }
}

async function browse(others: readonly SaePlace[]): Promise<readonly SaePlace[] | undefined> {
  const folders = await browseFolders(pickerTitle('chooseSaes'), true);
  return folders.length === 0 ? undefined : [...others, ...folders];
}

/** The first one is painted unless somebody chose otherwise: what was active before keeps its place. */
function inOrder(places: readonly SaePlace[], active: readonly SaePlace[]): readonly SaePlace[] {
  return [
    ...active.filter((sae) => places.includes(sae)),
    ...places.filter((sae) => !active.includes(sae)),
  ];
}

/** @param requested an active SAE: its place or an entry of a list; anything else asks */
export async function showFeaturesOf(services: Services, requested?: unknown): Promise<void> {
  const requestedSae = readSaeArgument(requested);
  if (requestedSae !== undefined) {
    await show(services, requestedSae);
    return;
  }
  const { model, shownSae, view } = services;
  await services.source();
  const own = ownSaes(model.saes, view.current);
  const named = model.namedSaes.filter(({ sae }) => own.includes(sae));
  const [first] = own;
  if (first === undefined || (own.length < 2 && !isOfOther(view.current))) {
    await offerMore();
    return;
  }
  if (own.length < 2) {
    await show(services, first);
    return;
  }
  const labels = saeLabels(named);
  const items = named.map(({ sae, name, site }) => ({
    label: oneLine(labels.get(sae) ?? site),
    description: [
      name === site ? '' : oneLine(name),
      sae === shownSae.current ? t('painted now') : '',
    ]
      .filter((words) => words !== '')
      .join(' · '),
    detail: sae,
    sae,
  }));
  const chosen = await vscode.window.showQuickPick(items, {
    title: pickerTitle('showFeaturesOf'),
    placeHolder: t('Whose features colour the tokens; hovers show those of all active SAEs'),
    matchOnDescription: true,
  });
  if (chosen !== undefined) await show(services, chosen.sae);
}

/** In a view that does not follow the choice of an SAE it leads to the one that does. */
async function show({ shownSae, view }: Services, sae: SaePlace): Promise<void> {
  await shownSae.choose(sae);
  const isShown = neuronsOfView(view.current) === sae;
  if (isOfOther(view.current) && !isShown) await view.choose({ kind: 'top' });
}

function isOfOther({ kind }: View): boolean {
  return kind === 'neurons' || kind === 'merged';
}

async function offerMore(): Promise<void> {
  const message = t(
    'One sparse autoencoder is active, and its features are shown; choose several to switch between them.',
  );
  await offerCommands(['chooseSaes'], (...titles) =>
    vscode.window.showInformationMessage(message, ...titles),
  );
}
