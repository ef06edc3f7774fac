// “Pinned and Recent”: the features somebody keeps, and where they stand in the file that is read.
import * as vscode from 'vscode';
import { collectionGroups } from '../../host/display/features/collectionEntries.ts';
import type { CollectionGroup } from '../../host/display/features/collectionEntries.ts';
import { summing } from '../../host/display/features/featureSums.ts';
import type { Services } from '../../host/services.ts';
import { onDidChangeSettings, readSetting } from '../../host/settings.ts';
import { inSlices } from '../../host/slices.ts';
import { learnFeatures, listedSaes } from '../../host/trees/fileFeaturePorts.ts';
import { quietList } from '../../host/trees/quietList.ts';
import type { QuietUpdates } from '../../host/trees/quietUpdates.ts';
import { looksLike } from '../../host/trees/treeEntry.ts';
import type { TreeEntry } from '../../host/trees/treeEntry.ts';
import { treeItem } from '../../host/trees/treeItem.ts';
import { collectionView } from '../../shared/contributions.ts';
import { DisposableStore } from '../../shared/disposable.ts';
import { messageOf } from '../../shared/errors.ts';
import type { FeatureRef } from '../../shared/engineProtocol.ts';
import { featureKey } from '../../shared/featureRef.ts';

/** How soon the list follows, in milliseconds: what somebody did, and what the file has become. */
const soon = 20;
const calmly = 500;

export class CollectionTree implements vscode.TreeDataProvider<TreeEntry>, vscode.Disposable {
  readonly #services: Services;
  readonly #lifetime = new DisposableStore();
  readonly #changed = this.#lifetime.add(new vscode.EventEmitter<undefined>());
  readonly #updates: QuietUpdates;
  #groups: readonly CollectionGroup[] = [];

  constructor(services: Services) {
    this.#services = services;
    const { updates } = quietList(this, this.#lifetime, {
      id: collectionView,
      update: (signal) => this.#update(signal),
      onFailure: (error) => services.log.error(`Pinned features: ${messageOf(error)}`),
    });
    this.#updates = updates;
    this.#listen();
    this.#updates.within(0);
  }

  readonly onDidChangeTreeData = this.#changed.event;

  getTreeItem(entry: TreeEntry): vscode.TreeItem {
    return treeItem(entry);
  }

  getChildren(parent?: TreeEntry): TreeEntry[] {
    if (parent === undefined) return this.#groups.map(({ entry }) => entry);
    return [...(this.#groups.find(({ entry }) => entry.id === parent.id)?.features ?? [])];
  }

  dispose(): void {
    this.#lifetime.dispose();
  }

  #listen(): void {
    const { analyses, collection, model, reading, view } = this.#services;
    for (const event of [collection, reading, view, model]) {
      this.#lifetime.add(event.onDidChange(() => this.#updates.within(soon)));
    }
    this.#lifetime.add(onDidChangeSettings(() => this.#updates.within(soon)));
    this.#lifetime.add(
      analyses.onDidChange((uri) => {
        const isRead = uri.toString() === reading.current?.uri.toString();
        if (isRead && analyses.of(uri)?.state.kind === 'ready') this.#updates.within(calmly);
      }),
    );
  }

  async #update(signal: AbortSignal): Promise<void> {
    const { briefs, collection } = this.#services;
    const counts = await this.#counts(signal);
    const active = new Map(listedSaes(this.#services).map(({ sae, label }) => [sae, label]));
    await learnFeatures(this.#services, this.#kept());
    if (signal.aborted) return;
    const groups = collectionGroups({
      pinned: collection.pinned,
      recent: collection.recent,
      active,
      brief: briefs.get,
      palette: readSetting('palette'),
      tokensWith: (ref) => counts?.get(featureKey(ref)),
    });
    const entries = (of: readonly CollectionGroup[]): readonly TreeEntry[] =>
      of.flatMap(({ entry, features }) => [entry, ...features]);
    const isSame = looksLike(entries(groups), entries(this.#groups));
    this.#groups = groups;
    if (!isSame) this.#changed.fire(undefined);
  }

  /** Tokens of the file that is read on which each feature is active; `undefined` where nothing is known of it. */
  async #counts(signal: AbortSignal): Promise<ReadonlyMap<string, number> | undefined> {
    const { analyses, filter, reading } = this.#services;
    const tokens = reading.current && analyses.of(reading.current.uri)?.tokens;
    if (tokens === undefined || tokens.count === 0) return undefined;
    const counts = new Map<string, number>();
    const kept = this.#kept();
    for (const sae of new Set(kept.map((ref) => ref.sae))) {
      const sums = await inSlices(summing(tokens.rows, sae, filter().showsOn), signal);
      if (sums.tokens === 0) continue;
      const tokensOf = new Map(sums.features.map((sum) => [sum.feature, sum.tokens]));
      for (const ref of kept.filter((each) => each.sae === sae)) {
        counts.set(featureKey(ref), tokensOf.get(ref.feature) ?? 0);
      }
    }
    return counts;
  }

  #kept(): readonly FeatureRef[] {
    const { pinned, recent } = this.#services.collection;
    return [...pinned, ...recent];
  }
}
