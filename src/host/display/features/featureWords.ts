// Finds features by what somebody types: the beginning of their number, or words of what they stand for. Without VS Code.
import type { FeatureBrief } from '../../../shared/engineProtocol.ts';

type BriefOf = (feature: number) => FeatureBrief | undefined;
type Fits = (feature: number, brief: BriefOf) => boolean;

/**
 * `57` and `#57` mean the features whose number begins so; other words have to occur in the tokens that a feature peaks
 * on, all of them, in small or capital letters.
 */
export function matcherOf(typed: string): Fits {
  const words = wordsOf(typed);
  const numbers = words.map(numberIn).filter((number) => number !== undefined);
  const others = words.filter((word) => numberIn(word) === undefined);
  return (feature, brief) => {
    if (numbers.length > 0 && !numbers.every((number) => `${feature}`.startsWith(number))) {
      return false;
    }
    if (others.length === 0) return true;
    const tokens = (brief(feature)?.peakTokens ?? []).map((token) => token.toLowerCase());
    return others.every((word) => tokens.some((token) => token.includes(word)));
  };
}

/** Does it take labels to find what was typed? */
export function asksForLabels(typed: string): boolean {
  return wordsOf(typed).some((word) => numberIn(word) === undefined);
}

function wordsOf(typed: string): readonly string[] {
  return typed
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
}

function numberIn(word: string): string | undefined {
  return /^#?(\d*)$/.exec(word)?.[1];
}
