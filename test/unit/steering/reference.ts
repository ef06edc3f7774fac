// An SAE's encoder in float64, straight from its definition, for one row.
import type { SaelensTensors } from '../../../src/engine/sae/formats/saelens.ts';
import type { SaelensArchitecture } from '../../../src/engine/sae/formats/saelensConfig.ts';

/** f [F] of x [D]; b_dec is subtracted from the input. */
export function encodeReference(
  { W_enc, b_enc, b_dec, threshold }: SaelensTensors,
  activation: SaelensArchitecture,
  x: readonly number[],
): number[] {
  const F = b_enc.data.length;
  const z = Array.from(b_enc.data, (bias, f) =>
    x.reduce((sum, value, d) => {
      return sum + (value - (b_dec.data[d] ?? 0)) * (W_enc.data[d * F + f] ?? 0);
    }, bias),
  );
  switch (activation.architecture) {
    case 'standard':
      return z.map((value) => Math.max(0, value));
    case 'jumprelu':
      return z.map((value, f) => (value > 0 && value > (threshold?.data[f] ?? 0) ? value : 0));
    case 'topk': {
      const kept = new Set(
        z
          .map((value, f) => ({ value, f }))
          .sort((a, b) => b.value - a.value)
          .slice(0, activation.k)
          .map(({ f }) => f),
      );
      return z.map((value, f) => (kept.has(f) ? Math.max(0, value) : 0));
    }
  }
}
