// The list of tokens at the side: the tokens of the document somebody reads, with their features and what the model
// expected. It is also what a screen reader reads instead of colours. Entries are plain data made in
// host/display/tokens; here they are shown, and made anew when results come, while the list is visible.
import * as vscode from 'vscode';
import { briefly } from '../../host/briefly.ts';
import { swatchOf } from '../../host/display/features/swatch.ts';
import { findTokenNode, topNodes } from '../../host/display/tokens/tokenTree.ts';
import { messageNode, rootNode } from '../../host/display/tokens/treeNode.ts';
import type { TreeNode } from '../../host/display/tokens/treeNode.ts';
import type { TokenTree } from '../../host/display/tokens/treeSource.ts';
import type { DocumentAnalysis } from '../../host/documents/documentAnalysis.ts';
import type { Token } from '../../host/documents/tokenTable.ts';
import type { Services } from '../../host/services.ts';
import { onDidChangeSettings, readSetting } from '../../host/settings.ts';
import { learnAbout } from '../../host/tokens/learnAbout.ts';
import { askedText, similarQuestion, textLines } from '../../host/tokens/locateToken.ts';
import { tokenFactsOf } from '../../host/tokens/tokenFacts.ts';
import type { TokenList } from '../../host/tokens/tokenList.ts';
import { quietList } from '../../host/trees/quietList.ts';
import type { QuietUpdates } from '../../host/trees/quietUpdates.ts';
import type { TreeEntry } from '../../host/trees/treeEntry.ts';
import { treeItem } from '../../host/trees/treeItem.ts';
import { tokensView } from '../../shared/contributions.ts';
import { DisposableStore } from '../../shared/disposable.ts';
import { MonosemError, messageOf } from '../../shared/errors.ts';
import { t } from '../../shared/l10n.ts';

/** What changes within this time is shown together, in milliseconds. */
const gatherMs = 150;
/** Longest wait for labels that are not known yet, in milliseconds; they are shown when they come. */
const patienceMs = 50;

export class TokensTree implements vscode.TreeDataProvider<TreeNode>, TokenList, vscode.Disposable {
  readonly #services: Services;
  readonly #lifetime = new DisposableStore();
  readonly #changed = this.#lifetime.add(new vscode.EventEmitter<undefined>());
  readonly #view: vscode.TreeView<TreeNode>;
  readonly #updates: QuietUpdates;
  #document: vscode.TextDocument | undefined;
  /** A token of it was asked for; another one may be read. */
  #asked: vscode.TextDocument | undefined;
  #isBosUnknowable = false;

  constructor(services: Services) {
    this.#services = services;
    const { view: list, updates } = quietList<TreeNode>(this, this.#lifetime, {
      ...{ id: tokensView, showCollapseAll: true },
      update: () => {
        this.#makeAnew();
        return Promise.resolve();
      },
      onFailure: (error) => services.log.error(`Tokens: ${messageOf(error)}`),
    });
    this.#view = list;
    this.#updates = updates;
    const { analyses, collection, inspector, model, reading, shownSae, view } = services;
    const changed = (): void => this.#later();
    for (const listening of [
      reading.onDidChange(() => {
        this.#asked = undefined;
        this.#later();
      }),
      analyses.onDidChange((uri) => this.#analysed(uri)),
      inspector.onDidChange((document) => {
        if (document === undefined) this.#isBosUnknowable = false;
        this.#later();
      }),
      onDidChangeSettings(changed),
      ...[collection, model, shownSae].map((service) => service.onDidChange(changed)),
      view.onDidChange(changed),
    ]) {
      this.#lifetime.add(listening);
    }
  }

  get onDidChangeTreeData(): vscode.Event<undefined> {
    return this.#changed.event;
  }

  getTreeItem(node: TreeNode): vscode.TreeItem {
    return treeItem(entryOf(node));
  }

  getParent({ parent }: TreeNode): TreeNode | undefined {
    return parent?.kind === 'root' ? undefined : parent;
  }

  async getChildren(node?: TreeNode): Promise<TreeNode[]> {
    if (node === undefined) return this.#top();
    try {
      const tokens = node.tokens?.() ?? [];
      if (tokens.length > 0) await this.#learn(tokens);
      return [...((await node.children?.()) ?? [])];
    } catch (error) {
      if (MonosemError.is(error, 'cancelled')) return [];
      return [messageNode(node, 'failure', messageOf(error))];
    }
  }

  async reveal(
    document: vscode.TextDocument,
    token: Token,
    below: readonly string[] = [],
  ): Promise<void> {
    this.#asked = document;
    if (this.#document !== document) {
      this.#document = document;
      this.#makeAnew();
    }
    const tree = this.#tree();
    const node = tree && findTokenNode(tree, rootNode(tree.uri), token);
    if (node === undefined) return;
    try {
      await this.#view.reveal(node, { select: true, focus: true, expand: true });
      const children = (await node.children?.()) ?? [];
      for (const key of below) {
        const child = children.find(({ id }) => id === `${node.id}/${key}`);
        if (child) await this.#view.reveal(child, { select: false, focus: false, expand: true });
      }
      // What was unfolded may have pushed it out of sight.
      if (below.length > 0) await this.#view.reveal(node, { select: true, focus: true });
    } catch (error) {
      // The list is made anew at this moment; the token is in it all the same.
      this.#services.log.warn(`The token could not be shown in the list: ${messageOf(error)}`);
    }
  }

  dispose(): void {
    this.#lifetime.dispose();
  }

  /** Between an edit and its results nothing new is known, and typing goes on. */
  #analysed(uri: vscode.Uri): void {
    if (this.#services.analyses.of(uri)?.state.kind !== 'waiting') this.#later();
  }

  #later(): void {
    this.#updates.within(gatherMs);
  }

  #makeAnew(): void {
    this.#changed.fire(undefined);
  }

  #top(): TreeNode[] {
    this.#document = this.#asked ?? this.#services.reading.current;
    const tree = this.#tree();
    const nodes = tree === undefined ? [] : topNodes(tree, rootNode(tree.uri));
    const message = nodes.length > 0 ? '' : this.#whyEmpty();
    if (this.#view.message !== message) this.#view.message = message;
    this.#askForBos();
    return [...nodes];
  }

  #analysis(): DocumentAnalysis | undefined {
    return this.#document && this.#services.analyses.of(this.#document.uri);
  }

  #tree(): TokenTree | undefined {
    const { inspector, view } = this.#services;
    const [document, analysis] = [this.#document, this.#analysis()];
    if (document === undefined || analysis === undefined || !view.isOn) return undefined;
    const { version } = document;
    const uri = document.uri.toString();
    const sae = (): string => this.#services.shownSae.current ?? '';
    return {
      uri,
      text: textLines(document),
      tokens: analysis.tokens,
      facts: tokenFactsOf(this.#services),
      inspected: {
        detailsOf: (token) => inspector.detailsOf(uri, version, token),
        details: (token) => inspector.details(askedText(document, analysis), token),
        similar: (token) =>
          inspector.similar(
            askedText(document, analysis),
            token,
            similarQuestion(this.#services, document, sae()),
          ),
        effectsOf: (token) => inspector.effectsOf(uri, version, token),
        bos: inspector.bosOf(readSetting('topK')),
      },
    };
  }

  #whyEmpty(): string {
    const state = this.#analysis()?.state;
    if (!this.#services.view.isOn) return t('Features are switched off, so no tokens are shown.');
    if (state === undefined) return t('Open a text to see its tokens and their features.');
    if ('reason' in state) return state.reason.message;
    return state.kind === 'stopped'
      ? t('The analysis of this file was stopped, so its tokens are not known.')
      : t('The tokens are being analysed…');
  }

  /** Labels that do not come at once are shown when they come. */
  async #learn(tokens: readonly Token[]): Promise<void> {
    const learnt = learnAbout(this.#services, tokens);
    if (!(await briefly(learnt, patienceMs))) void learnt.then(() => this.#later());
  }

  /** Once per model, when the colours are there. */
  #askForBos(): void {
    const { inspector, log, model } = this.#services;
    const topK = readSetting('topK');
    const isWanted = this.#analysis()?.state.kind === 'ready' && model.bosId !== undefined;
    if (!isWanted || this.#isBosUnknowable || inspector.bosOf(topK) !== undefined) return;
    inspector.bos(topK).then(
      () => this.#later(),
      (error: unknown) => {
        this.#isBosUnknowable = true;
        log.warn(`The token in front of the text is not shown: ${messageOf(error)}`);
      },
    );
  }
}

function entryOf({ kind, icon, children, ...node }: TreeNode): TreeEntry {
  const { id, label, description, spoken, command } = node;
  return {
    ...{ id, label, spoken, context: kind },
    // What does not fit into a narrow list can be read all the same.
    tooltip: node.tooltip ?? [label, description].join(' ').trim(),
    ...(description !== undefined && { description }),
    ...(icon !== undefined && {
      icon: typeof icon === 'string' ? { codicon: icon } : { swatch: swatchOf(icon) },
    }),
    ...(command && { command }),
    ...(children && { opens: 'collapsed' as const }),
  };
}
