// “Explain Next Token” and what is done with its answer: follow another token, order the features, ask again.
import * as vscode from 'vscode';
import { pickerTitle } from '../../host/commands/commandTitle.ts';
import { likelyNext } from '../../host/display/explanation/explanationEntries.ts';
import { percent, visibleToken } from '../../host/display/features/featureText.ts';
import { likelyText } from '../../host/display/tokens/tokenText.ts';
import { withoutIcons } from '../../host/display/withoutIcons.ts';
import { locateExplained, writtenToken } from '../../host/explanation/locateExplained.ts';
import type {
  ExplainedNextToken,
  NextTokenQuestion,
} from '../../host/explanation/nextTokenExplanation.ts';
import { withCancel } from '../../host/progress.ts';
import type { Token } from '../../host/documents/tokenTable.ts';
import type { Services } from '../../host/services.ts';
import { tokenArgument } from '../../host/tokens/tokenArgument.ts';
import { nextTokenView } from '../../shared/contributions.ts';
import type { EffectOrder, FeatureEffects, TargetToken } from '../../shared/engineProtocol.ts';
import { MonosemError } from '../../shared/errors.ts';
import { t } from '../../shared/l10n.ts';
import { tokenId } from '../../shared/units.ts';

/**
 * @param offset UTF-16 offset behind which the next token is explained; the selection or the cursor when it is none
 * @param uri of the document; the active editor's when absent
 */
export async function explainNextToken(
  services: Services,
  offset: unknown,
  uri: unknown,
): Promise<FeatureEffects> {
  return explain(services, locateExplained(tokenArgument(offset, uri)));
}

/** Asks the same of the text as it is now. */
export async function refreshExplanation(services: Services): Promise<FeatureEffects> {
  return explain(services, explainedNow(services));
}

/** @param argument a token of the vocabulary, by its id or as text; anything else asks */
export async function chooseTargetToken(
  services: Services,
  argument: unknown,
): Promise<FeatureEffects | undefined> {
  const { document, place } = explainedNow(services);
  const target = readTarget(argument) ?? (await pickTarget(services, explainedNow(services)));
  return target && explain(services, { document, place, target });
}

/** @param argument `kl` or `target`; anything else asks */
export async function orderEffects(
  { explanation }: Services,
  argument: unknown,
): Promise<EffectOrder> {
  const order = readOrder(argument) ?? (await pickOrder(explanation.order));
  if (order !== undefined) explanation.arrange(order);
  return explanation.order;
}

/** The list is shown at once, with a bar on top that says that there is more to come. */
async function explain(
  { explanation }: Services,
  question: NextTokenQuestion,
): Promise<FeatureEffects> {
  const answer = withCancel(t('Explaining the next token'), (signal) =>
    explanation.explain(question, signal),
  );
  const over = answer.then(
    () => undefined,
    () => undefined,
  );
  void vscode.window.withProgress({ location: { viewId: nextTokenView } }, () => over);
  await vscode.commands.executeCommand(`${nextTokenView}.focus`, { preserveFocus: true });
  return answer;
}

/** @throws MonosemError `badArgument` while nothing has been explained */
function explainedNow({ explanation: { current } }: Services): ExplainedNextToken {
  if (current !== undefined) return current;
  throw new MonosemError(
    'badArgument',
    t(
      'No next token has been explained yet: put the cursor behind some text and explain it first.',
    ),
  );
}

function readTarget(argument: unknown): TargetToken | undefined {
  if (typeof argument === 'string') return argument === '' ? undefined : { text: argument };
  const isId = typeof argument === 'number' && Number.isInteger(argument) && argument >= 0;
  return isId ? { id: tokenId(argument) } : undefined;
}

interface TargetItem extends vscode.QuickPickItem {
  /** Absent of the one that asks for a text. */
  readonly target?: TargetToken;
}

/** What the model finds likeliest, what stands there, and whatever else somebody types. */
async function pickTarget(
  { analyses }: Services,
  explained: ExplainedNextToken,
): Promise<TargetToken | undefined> {
  const items = targetItems(explained, writtenToken(analyses, explained));
  const chosen = await vscode.window.showQuickPick(items, {
    title: pickerTitle('chooseTargetToken'),
    placeHolder: t('The token whose probability is followed'),
    matchOnDescription: true,
  });
  return chosen && (chosen.target ?? typeTarget());
}

function targetItems(
  { document, effects }: ExplainedNextToken,
  written: Token | undefined,
): readonly TargetItem[] {
  const likely = likelyNext(effects);
  const items = likely.map((token): TargetItem => ({
    label: withoutIcons(likelyText(token)),
    description: [
      percent(token.probability),
      ...(token.id === effects.target.id ? [t('now')] : []),
      ...(token.id === written?.id ? [t('stands in the text')] : []),
    ].join(' · '),
    target: { id: tokenId(token.id) },
  }));
  const other: TargetItem = { label: t('Another token…') };
  if (written === undefined || likely.some(({ id }) => id === written.id)) return [...items, other];
  const text = document.text().slice(written.start, written.end);
  const unlikely: TargetItem = {
    label: withoutIcons(visibleToken(text)),
    description: t('stands in the text'),
    target: { id: tokenId(written.id) },
  };
  return [...items, unlikely, other];
}

async function typeTarget(): Promise<TargetToken | undefined> {
  const typed = await vscode.window.showInputBox({
    title: pickerTitle('chooseTargetToken'),
    prompt: t('The text of one token, with the blank in front of it where it begins a word'),
  });
  return readTarget(typed);
}

function readOrder(argument: unknown): EffectOrder | undefined {
  return argument === 'kl' || argument === 'target' ? argument : undefined;
}

async function pickOrder(now: EffectOrder): Promise<EffectOrder | undefined> {
  const orders = [
    {
      order: 'kl' as const,
      label: t('KL Divergence'),
      detail: t('How much else the model expects without the feature'),
    },
    {
      order: 'target' as const,
      label: t('Effect on the Target'),
      detail: t('How much likelier or less likely the target becomes without the feature'),
    },
  ];
  const chosen = await vscode.window.showQuickPick(
    orders.map((item) => ({ ...item, ...(item.order === now && { description: t('now') }) })),
    {
      title: pickerTitle('orderEffects'),
      placeHolder: t('Which features come first'),
      matchOnDetail: true,
    },
  );
  return chosen?.order;
}
