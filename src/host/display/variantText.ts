// The .onnx files of a model folder as a list to choose from. Without VS Code.
import type { ModelVariant } from '../../shared/engineProtocol.ts';
import { t } from '../../shared/l10n.ts';
import { oneLine } from './oneLine.ts';
import { sizeText } from './size.ts';

export interface VariantItem {
  readonly label: string;
  readonly description: string;
  /** For the setting: empty for the one that is taken anyway. */
  readonly value: string;
}

/**
 * @param variants in the engine's order of preference
 * @param present the setting as it is: that one is marked
 */
export function variantItems(
  variants: readonly ModelVariant[],
  present?: string,
): readonly VariantItem[] {
  return variants.map(({ variant, description, bytes }, index) => {
    const value = index === 0 ? '' : variant;
    const precision = oneLine(description);
    const words = [
      index === 0 ? t('recommended: {0}', precision) : precision,
      sizeText(bytes),
      ...(value === present ? [t('in use')] : []),
    ];
    return { label: oneLine(variant), description: words.join(' · '), value };
  });
}
