// How numbers are written, everywhere the same: about three significant digits, never more than a reader needs.

/** An activation, an amount or nats: `0`, `4e-5`, `0.034`, `3.21`, `12.3`, `120`. */
export function numberText(value: number): string {
  if (!Number.isFinite(value)) return value > 0 ? '∞' : value < 0 ? '−∞' : '–';
  const size = Math.abs(value);
  return value < 0 ? `−${sizeText(size)}` : sizeText(size);
}

/** A share 0…1 as per cent: `34%`, `3.4%`, `0.34%`, `<0.001%`. */
export function percentText(share: number): string {
  if (!Number.isFinite(share)) return '–';
  const percent = share * 100;
  if (percent === 0) return '0%';
  if (percent < 0.001) return '<0.001%';
  if (percent > 99.95) return percent >= 100 ? '100%' : '>99.9%';
  const digits = percent >= 10 ? 0 : percent >= 1 ? 1 : percent >= 0.1 ? 2 : 3;
  return `${percent.toFixed(digits)}%`;
}

/** A factor: `2×`, `0.25×`, `−1.5×`. */
export function multipleText(factor: number): string {
  const rounded = Math.abs(factor) < 10 ? factor.toFixed(2) : factor.toFixed(0);
  return `${rounded
    .replace(/(\.\d*?)0+$/, '$1')
    .replace(/\.$/, '')
    .replace('-', '−')}×`;
}

/** `1,234`, the same in every locale. */
export function countText(count: number): string {
  return count.toLocaleString('en-US');
}

/** `1 token`, `2 tokens`. */
export function counted(count: number, noun: string): string {
  return `${countText(count)} ${noun}${count === 1 ? '' : 's'}`;
}

function sizeText(size: number): string {
  if (size === 0) return '0';
  if (size < 0.001) return size.toExponential(0);
  if (size < 0.1) return size.toFixed(3);
  if (size < 10) return size.toFixed(2);
  return size.toFixed(size < 100 ? 1 : 0);
}
