// A strength as it is read: no more digits than it needs.
import { figureText } from '../../../src/shared/numberText.ts';

export function amountText(amount: number): string {
  return amount < 0 ? `−${figureText(-amount)}` : figureText(amount);
}
