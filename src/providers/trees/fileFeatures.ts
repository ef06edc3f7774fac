// “Features of This File”: those of the file somebody reads, ranked and narrowed down. It stays calm: it is brought up to
// date when an analysis is over, not with every key, and only while it can be seen.
import * as vscode from 'vscode';
import { placeEntry } from '../../host/display/features/featureEntries.ts';
import type { FeatureEntry, PlaceEntry } from '../../host/display/features/featureEntries.ts';
import { listFileFeatures } from '../../host/display/features/fileFeatureList.ts';
import type { FileFeatureList } from '../../host/display/features/fileFeatureList.ts';
import { whyNoFeatures } from '../../host/display/features/fileFeaturesState.ts';
import { rankingName } from '../../host/display/features/fileFeaturesText.ts';
import { excerptAt, strongestTokens } from '../../host/display/features/strongestTokens.ts';
import type { Services } from '../../host/services.ts';
import { onDidChangeSettings } from '../../host/settings.ts';
import { ToldContext } from '../../host/toldContext.ts';
import type { FeatureListChoice } from '../../host/trees/featureListChoice.ts';
import { fileFeaturePorts, listedSaes } from '../../host/trees/fileFeaturePorts.ts';
import { quietList } from '../../host/trees/quietList.ts';
import type { QuietUpdates } from '../../host/trees/quietUpdates.ts';
import { looksLike } from '../../host/trees/treeEntry.ts';
import type { TreeEntry } from '../../host/trees/treeEntry.ts';
import { treeItem } from '../../host/trees/treeItem.ts';
import { contextKeys, fileFeaturesView } from '../../shared/contributions.ts';
import { DisposableStore } from '../../shared/disposable.ts';
import { messageOf } from '../../shared/errors.ts';

/** Places listed below a feature. */
const mostPlaces = 20;
/** How soon the list follows, in milliseconds: what somebody chose, a finished analysis, one that is going on. */
const soon = 50;
const finished = 150;
const goingOn = 2000;

const nothing: FileFeatureList = { state: 'list', groups: [], message: '' };

export class FileFeatures implements vscode.TreeDataProvider<TreeEntry>, vscode.Disposable {
  readonly #services: Services;
  readonly #choice: FeatureListChoice;
  readonly #lifetime = new DisposableStore();
  readonly #changed = this.#lifetime.add(new vscode.EventEmitter<TreeEntry | undefined>());
  /** Features whose places are shown, as VS Code knows them. */
  readonly #opened = new Map<string, TreeEntry>();
  readonly #updates: QuietUpdates;
  readonly #context = new ToldContext();
  readonly #view: vscode.TreeView<TreeEntry>;
  #list = nothing;
  /** The document that is listed. */
  #document: vscode.TextDocument | undefined;

  constructor(services: Services, choice: FeatureListChoice) {
    this.#services = services;
    this.#choice = choice;
    const { view, updates } = quietList(this, this.#lifetime, {
      id: fileFeaturesView,
      update: (signal) => this.#update(signal),
      onFailure: (error) => services.log.error(`Features of the file: ${messageOf(error)}`),
      showCollapseAll: true,
    });
    this.#view = view;
    this.#updates = updates;
    this.#listen();
    this.#updates.within(0);
  }

  readonly onDidChangeTreeData = this.#changed.event;

  getTreeItem(entry: TreeEntry): vscode.TreeItem {
    return treeItem(entry);
  }

  getChildren(parent?: TreeEntry): TreeEntry[] {
    const { groups } = this.#list;
    if (parent === undefined) {
      const [only, ...others] = groups;
      return only !== undefined && others.length === 0
        ? [...only.features, ...only.end]
        : groups.map(({ entry }) => entry);
    }
    const group = groups.find(({ entry }) => entry.id === parent.id);
    if (group !== undefined) return [...group.features, ...group.end];
    this.#opened.set(parent.id, parent);
    return this.#placesOf(parent);
  }

  dispose(): void {
    this.#lifetime.dispose();
  }

  #listen(): void {
    const { analyses, collection, model, reading, shownSae, view } = this.#services;
    const updateSoon = (): void => this.#updates.within(soon);
    for (const event of [view, shownSae, collection, model]) {
      this.#lifetime.add(event.onDidChange(updateSoon));
    }
    this.#lifetime.add(onDidChangeSettings(updateSoon));
    this.#lifetime.add(this.#choice.onDidChange(() => this.#updates.now()));
    this.#lifetime.add(reading.onDidChange(() => this.#updates.now()));
    this.#lifetime.add(analyses.onDidChange((uri) => this.#analysisChanged(uri)));
    this.#lifetime.add(
      this.#view.onDidCollapseElement(({ element }) => this.#opened.delete(element.id)),
    );
  }

  /** What is listed stays while somebody types: a list that follows every key cannot be read. */
  #analysisChanged(uri: vscode.Uri): void {
    const { analyses, reading } = this.#services;
    if (uri.toString() !== reading.current?.uri.toString()) return;
    const kind = analyses.of(uri)?.state.kind;
    const isListed = this.#list.groups.length > 0 && this.#document === reading.current;
    if (kind !== 'waiting' && kind !== 'analysing') this.#updates.within(finished);
    else if (!isListed) this.#updates.within(finished);
    else if (kind === 'analysing') this.#updates.within(goingOn);
  }

  async #update(signal: AbortSignal): Promise<void> {
    const document = this.#services.reading.current;
    const list = await this.#look(document, signal);
    if (signal.aborted) return;
    const isOther = document !== this.#document;
    // While a file is analysed afresh, what was known of it stays to be read.
    if (!isOther && list.state === 'analysing' && this.#list.groups.length > 0) return;
    const isSame = !isOther && hasSameEntries(this.#list, list);
    this.#list = list;
    this.#document = document;
    this.#view.description = rankingName(this.#choice.ranking);
    // A view with a message has no welcome text.
    this.#view.message = list.message;
    this.#context.tell(contextKeys.fileFeatures, list.state);
    this.#context.tell(contextKeys.hasFeatureFilter, this.#choice.words !== '');
    if (!isSame) this.#changed.fire(undefined);
    // Tokens may have moved with an edit, although the features are what they were.
    else for (const feature of this.#opened.values()) this.#changed.fire(feature);
  }

  async #look(
    document: vscode.TextDocument | undefined,
    signal: AbortSignal,
  ): Promise<FileFeatureList> {
    const { analyses, view } = this.#services;
    const analysis = document && analyses.of(document.uri);
    const reason = whyNoFeatures({
      isOn: view.isOn,
      hasFile: document !== undefined,
      analysis: analysis?.state,
      tokens: analysis?.tokens.count ?? 0,
    });
    if (reason !== undefined || analysis === undefined) {
      return { ...nothing, state: reason?.state ?? 'list', message: reason?.sentence ?? '' };
    }
    const { ranking, words } = this.#choice;
    const { rows } = analysis.tokens;
    const question = { rows, saes: listedSaes(this.#services), ranking, words };
    return listFileFeatures(question, fileFeaturePorts(this.#services), signal);
  }

  #placesOf(parent: TreeEntry): PlaceEntry[] {
    const ref = this.#list.groups
      .flatMap(({ features }) => features)
      .find((feature: FeatureEntry) => feature.id === parent.id);
    const document = this.#document;
    const tokens = document && this.#services.analyses.of(document.uri)?.tokens;
    if (ref === undefined || document === undefined || tokens === undefined) return [];
    const { showsOn } = this.#services.filter();
    const text = document.getText();
    return strongestTokens(tokens.rows, ref, { most: mostPlaces, showsOn }).map((place, at) =>
      placeEntry(ref, at, place, {
        line: document.positionAt(place.start).line + 1,
        excerpt: excerptAt(text, place.start, place.end),
        document: document.uri.toString(),
      }),
    );
  }
}

function hasSameEntries(a: FileFeatureList, b: FileFeatureList): boolean {
  const entries = ({ groups }: FileFeatureList): readonly TreeEntry[] =>
    groups.flatMap(({ entry, features, end }) => [entry, ...features, ...end]);
  return looksLike(entries(a), entries(b));
}
