// How numbers are written, everywhere the same: about three significant digits, never more than a reader needs, with
// the decimal and grouping signs of the language the texts are in.
import { locale } from './l10n.ts';

/** An activation, an amount or nats: `0`, `4e-5`, `0.034`, `3.21`, `12.3`, `120`. */
export function numberText(value: number): string {
  if (!Number.isFinite(value)) return value > 0 ? '∞' : value < 0 ? '−∞' : '–';
  const size = Math.abs(value);
  return value < 0 ? `−${magnitudeText(size)}` : magnitudeText(size);
}

/** A change, with its sign: nothing else tells a rise from a fall. */
export function signedText(change: number): string {
  return `${change > 0 ? '+' : ''}${numberText(change)}`;
}

/** A share 0…1 as per cent: `34%`, `3.4%`, `0.34%`, `<0.001%`. */
export function percentText(share: number): string {
  if (!Number.isFinite(share)) return '–';
  const percent = share * 100;
  if (percent === 0) return written(0, percentOf(0));
  if (percent < 0.001) return `<${written(0.00001, percentOf(3))}`;
  if (percent >= 100) return written(1, percentOf(0));
  if (percent > 99.95) return `>${written(0.999, percentOf(1))}`;
  const digits = percent >= 10 ? 0 : percent >= 1 ? 1 : percent >= 0.1 ? 2 : 3;
  return written(share, percentOf(digits));
}

/** A factor without its sign: `2`, `0.25`, `−1.5`, `120`. */
export function factorText(factor: number): string {
  const size = Math.abs(factor);
  const text = written(size, { maximumFractionDigits: size < 10 ? 2 : 0 });
  return factor < 0 ? `−${text}` : text;
}

/** A factor: `2×`, `0.25×`, `−1.5×`. */
export function multipleText(factor: number): string {
  return `${factorText(factor)}×`;
}

/** A number of things: `1,234`. */
export function countText(count: number): string {
  return written(count, { useGrouping: true });
}

/** A measured value, with at most three significant digits: `0.25`, `30.3`, `1230`, `2.3e-7`. */
export function figureText(value: number): string {
  if (!Number.isFinite(value)) return numberText(value);
  const rounded = Number(value.toPrecision(3));
  const size = Math.abs(rounded);
  if (size === 0 || (size >= 0.001 && size < 1e6)) {
    return written(rounded, { maximumSignificantDigits: 3 });
  }
  const [mantissa = '', exponent = ''] = rounded.toExponential().split('e');
  const power = exponent.replace('+', '');
  return `${written(Number(mantissa), { maximumSignificantDigits: 3 })}e${power}`;
}

function magnitudeText(size: number): string {
  if (size === 0) return '0';
  if (size < 0.001) return size.toExponential(0);
  return written(size, digitsOf(size < 0.1 ? 3 : size < 10 ? 2 : size < 100 ? 1 : 0));
}

function digitsOf(digits: number): Intl.NumberFormatOptions {
  return { minimumFractionDigits: digits, maximumFractionDigits: digits };
}

function percentOf(digits: number): Intl.NumberFormatOptions {
  return { style: 'percent', ...digitsOf(digits) };
}

/** By language and options: making one takes far longer than using it. */
const formats = new Map<string, Intl.NumberFormat>();

function written(value: number, options: Intl.NumberFormatOptions): string {
  const key = `${locale()} ${JSON.stringify(options)}`;
  const format =
    formats.get(key) ?? new Intl.NumberFormat(locale(), { useGrouping: false, ...options });
  formats.set(key, format);
  return format.format(value);
}
