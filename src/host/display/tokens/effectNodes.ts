// What a token is without one of its features, as entries of the list of tokens: what the model expects next with and
// without the feature, and how the losses of the tokens behind change. Without VS Code.
import type { FeatureRef, LikelyTokens } from '../../../shared/engineProtocol.ts';
import { t } from '../../../shared/l10n.ts';
import { numberText } from '../../../shared/numberText.ts';
import type { TokenEffect } from '../../tokens/tokenInspector.ts';
import { percent, visibleToken } from '../features/featureText.ts';
import { effectWords } from './effectWords.ts';
import { likelyText, nats, signedNats, spokenToken } from './tokenText.ts';
import { messageNode, nodeBelow } from './treeNode.ts';
import type { TreeNode } from './treeNode.ts';
import type { TokenTree } from './treeSource.ts';

/** One arrow per step, at most three: from a change that is hardly seen to one that makes a token e times likelier. */
const arrowSteps = [0.01, 0.1, 1];

/** Key of the entry of a feature below its token. */
export function effectKey({ sae, feature }: FeatureRef): string {
  return `without:${feature}:${sae}`;
}

export function effectNode(tree: TokenTree, parent: TreeNode, effect: TokenEffect): TreeNode {
  const { feature, activation, next } = effect;
  const words = effectWords(effect);
  const isActive = activation !== 0;
  const mean = meanChange(effect);
  const behind = effect.ids.length;
  const description = isActive
    ? [
        t('next token: KL {0}', nats(next.kl)),
        ...(behind === 0 ? [] : [t('loss behind: {0} on average', signedNats(mean))]),
      ].join(' · ')
    : t('not active on this token');
  const node = nodeBelow(parent, effectKey(effect), {
    label: t('Without #{0}', feature),
    description,
    tooltip: words.takenOut,
    spoken: words.without(description),
    icon: 'beaker',
    kind: 'effect',
    children: () =>
      isActive
        ? [nextNode(node, effect), ...changeNodes(tree, node, effect)]
        : [messageNode(node, 'none', words.notActive)],
  });
  return node;
}

/** Mean of the changes of loss in nats; above 0 where the feature helped. */
function meanChange({ baseline, ablated }: TokenEffect): number {
  const sum = ablated.reduce((total, loss, n) => total + loss - (baseline[n] ?? loss), 0);
  return ablated.length === 0 ? 0 : sum / ablated.length;
}

function nextNode(parent: TreeNode, effect: TokenEffect): TreeNode {
  const { next } = effect;
  const words = effectWords(effect);
  const node = nodeBelow(parent, 'next', {
    label: t('Expected next'),
    description: t('KL {0}', nats(next.kl)),
    tooltip: words.divergence,
    spoken: words.expectedNext(nats(next.kl)),
    icon: 'arrow-right',
    kind: 'expectation',
    children: () => shiftNodes(node, effect),
  });
  return node;
}

/** The likeliest tokens of both, those of the unchanged model first. */
function shiftNodes(parent: TreeNode, effect: TokenEffect): TreeNode[] {
  const { baseline, ablated } = effect.next;
  const without = byId(ablated);
  const before = byId(baseline);
  const ids = new Set([...before.keys(), ...without.keys()]);
  return [...ids].map((id) => {
    const [from, to] = [before.get(id), without.get(id)];
    const text = from?.text ?? to?.text;
    const [was, is] = [shareOf(from), shareOf(to)];
    return nodeBelow(parent, `likely:${id}`, {
      label: likelyText({ id, text, probability: 0 }),
      description: `${was} → ${is}`,
      spoken: effectWords(effect).likely(spokenToken(text ?? ''), was, is),
      kind: 'likely',
    });
  });
}

interface Likely {
  readonly text: string | undefined;
  readonly probability: number;
}

function byId({ ids, texts, probabilities }: LikelyTokens): ReadonlyMap<number, Likely> {
  return new Map(
    [...ids].map((id, n) => [id, { text: texts[n], probability: probabilities[n] ?? 0 }]),
  );
}

/** A token that is not among the likeliest is less likely than all of them. */
function shareOf(likely: Likely | undefined): string {
  return likely === undefined ? '…' : percent(likely.probability);
}

function changeNodes({ text, uri }: TokenTree, parent: TreeNode, effect: TokenEffect): TreeNode[] {
  const { ids, starts, ends, baseline, ablated } = effect;
  return [...ids].map((_, n) => {
    const [start, end] = [starts[n] ?? 0, ends[n] ?? 0];
    const [was, is] = [baseline[n] ?? 0, ablated[n] ?? 0];
    const word = text.slice(start, end);
    const change = signedNats(is - was);
    const arrow = arrowOf(is - was);
    return nodeBelow(parent, `behind:${n}`, {
      label: visibleToken(word),
      description: `${change}${arrow === '' ? '' : ` ${arrow}`} · ${numberText(was)} → ${nats(is)}`,
      spoken: effectWords(effect).loss(
        spokenToken(word),
        nats(was),
        nats(is),
        is > was ? t('less expected') : t('more expected'),
      ),
      kind: 'change',
      command: { name: 'goToToken', args: [start, end, uri] },
    });
  });
}

function arrowOf(change: number): string {
  const steps = arrowSteps.filter((step) => Math.abs(change) >= step).length;
  return (change > 0 ? '▲' : '▼').repeat(steps);
}
