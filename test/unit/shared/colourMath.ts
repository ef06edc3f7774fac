// Colours as numbers, for tests of what can be read and told apart.

/** Three channels, 0…1. */
export type Rgb = readonly [r: number, g: number, b: number];

/** @param hex `#rrggbb` or `#rrggbbaa`, whose opacity is ignored */
export function rgb(hex: string): Rgb {
  const channel = (at: number): number => Number.parseInt(hex.slice(at, at + 2), 16) / 255;
  return [channel(1), channel(3), channel(5)];
}

/** What `#rrggbb` or `#rrggbbaa` looks like on a background; browsers mix the encoded channels. */
export function over(hex: string, background: string): Rgb {
  const alpha = hex.length > 7 ? Number.parseInt(hex.slice(7), 16) / 255 : 1;
  const [front, back] = [rgb(hex), rgb(background)];
  const mix = (n: 0 | 1 | 2): number => front[n] * alpha + back[n] * (1 - alpha);
  return [mix(0), mix(1), mix(2)];
}

/** Light of an sRGB colour (IEC 61966-2-1). */
function linear(colour: Rgb): Rgb {
  const decode = (c: number): number => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
  return [decode(colour[0]), decode(colour[1]), decode(colour[2])];
}

/** WCAG 2.2, relative luminance and contrast ratio. */
export function contrast(a: Rgb, b: Rgb): number {
  const luminance = (colour: Rgb): number => {
    const [r, g, b] = linear(colour);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const [bright = 0, dark = 0] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (bright + 0.05) / (dark + 0.05);
}

type Matrix = readonly [Rgb, Rgb, Rgb];

/**
 * What people see who lack one kind of cone, in linear light: Machado, Oliveira and Fernandes, “A Physiologically-based
 * Model for Simulation of Color Vision Deficiency”, IEEE TVCG 15(6), 2009, table for severity 1.
 */
export const visions: Readonly<Record<string, Matrix>> = {
  'all cones': [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  protanopia: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deuteranopia: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  tritanopia: [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
};

function times(matrix: Matrix, [x, y, z]: Rgb): Rgb {
  const row = ([a, b, c]: Rgb): number => a * x + b * y + c * z;
  return [row(matrix[0]), row(matrix[1]), row(matrix[2])];
}

/** Distance in OKLab (Ottosson 2020) as somebody with the given vision sees two colours; about 0.02 is just noticed. */
export function difference(a: Rgb, b: Rgb, vision: Matrix): number {
  const [p, q] = [seen(a, vision), seen(b, vision)];
  return Math.hypot(p[0] - q[0], p[1] - q[1], p[2] - q[2]);
}

function seen(colour: Rgb, vision: Matrix): Rgb {
  const [r, g, b] = times(vision, linear(colour));
  const shown = (c: number): number => Math.min(1, Math.max(0, c));
  const [l, m, s] = times(
    [
      [0.4122214708, 0.5363325363, 0.0514459929],
      [0.2119034982, 0.6806995451, 0.1073969566],
      [0.0883024619, 0.2817188376, 0.6299787005],
    ],
    [shown(r), shown(g), shown(b)],
  );
  return times(
    [
      [0.2104542553, 0.793617785, -0.0040720468],
      [1.9779984951, -2.428592205, 0.4505937099],
      [0.0259040371, 0.7827717662, -0.808675766],
    ],
    [Math.cbrt(l), Math.cbrt(m), Math.cbrt(s)],
  );
}
