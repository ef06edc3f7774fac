// What the embedded model's features do: in the direction that their examples suggest, and the same in every call.
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { Engine } from '../../../src/engine/engine.ts';
import { defaultModelFolder, defaultSaeFolder } from '../../../src/shared/defaults.ts';
import type { AblationMapBatch, FeatureEffects } from '../../../src/shared/engineProtocol.ts';
import { featureIndex, tokenIndex } from '../../../src/shared/units.ts';

const sae = path.resolve(defaultSaeFolder);
const source = { model: path.resolve(defaultModelFolder), saes: [sae] };
const quiet = { signal: { aborted: false }, progress: (): void => undefined };
const engine = Engine.create();
afterAll(() => engine.dispose());

/** Most active on rain, see README.md. */
const rain = featureIndex(1351);

test('behind "Once" the features speak for " upon"', async () => {
  const found = await engine.featureEffects(
    { source, text: 'Once', target: { text: ' upon' }, order: 'target' },
    quiet,
  );
  expect(found.target).toMatchObject({ text: ' upon' });
  expect(found.target.probability).toBeGreaterThan(0.9);
  expect(found.effects).toHaveLength(20);
  const [first] = found.effects;
  expect(first?.targetChange).toBeLessThan(-0.01);
  expect(first?.lowered.texts[0]).toBe(' upon');
  // " there" (was) is how stories begin otherwise.
  expect(first?.raised.texts[0]).toBe(' there');
  // No feature alone decides.
  expect(found.together.targetChange).toBeLessThan(10 * (first?.targetChange ?? NaN));
  expect(found.together.lowered.texts[0]).toBe(' upon');
});

test('behind "rain" it is the feature of rain that matters', async () => {
  const text = 'The sky was dark and it started to rain';
  const found: FeatureEffects = await engine.featureEffects({ source, text, top: 50 }, quiet);
  const [first, second] = found.effects;
  expect(first?.feature).toBe(rain);
  expect(first?.kl).toBeGreaterThan(2 * (second?.kl ?? NaN));
  const shares = found.effects.map(({ share }) => share);
  expect(Math.max(...shares)).toBe(first?.share);
  expect(shares.reduce((sum, share) => sum + share, 0)).toBeLessThanOrEqual(1.000001);
  // One feature taken out of one token is what another call measures, too.
  const same = await engine.ablationEffect(
    ...[{ source, text, sae, feature: rain, at: { token: found.readAt }, scope: 'here', limit: 0, top: 5 }, quiet] as const, // prettier-ignore
  );
  expect(first?.kl).toBeCloseTo(same.next.kl, 5);
  expect(first?.activation).toBeCloseTo(same.activation, 4);
});

test('a map shows where a feature matters: behind the first token on which it is active', async () => {
  const text = 'The sky was dark and it started to rain. The rain was cold and made them wet.';
  const batches: AblationMapBatch[] = [];
  const totals = await engine.ablationMap(
    { source, text, sae, feature: rain },
    { ...quiet, progress: (batch) => batches.push(batch) },
  );
  const [batch] = batches;
  if (batch === undefined) throw new Error('no tokens');
  const changes = Array.from(batch.ablated, (loss, t) => loss - (batch.baseline[t] ?? NaN));
  const first = tokenIndex(Array.from(batch.starts).indexOf(text.indexOf(' rain')));
  expect(changes.slice(0, first + 1).every((change) => Math.abs(change) < 0.01)).toBe(true);
  expect(totals.changedTokens).toBeGreaterThan(0);
  expect(totals.changedTokens).toBe(changes.filter((change) => Math.abs(change) > 0.01).length);
});

test('a continuation that steering wrote is as likely as steering said', async () => {
  const prompt = 'Once upon a time, there was a';
  const edits = [{ sae, feature: rain, operation: 'clamp', amount: 1.3 }] as const;
  const settings = { source, prompt, edits, maxTokens: 12, temperature: 0, seed: 0 };
  const { samples } = await engine.steer(settings, quiet);
  const [sample] = samples;
  for (const side of ['baseline', 'steered'] as const) {
    const continuation = sample?.[side].text ?? '';
    const judged = await engine.continuationEffect({ source, prompt, continuation, edits }, quiet);
    expect([...judged.ids]).toEqual(sample?.[side].tokens);
    for (const [i, loss] of judged[side].losses.entries())
      expect(-loss).toBeCloseTo(sample?.steps[i]?.[side]?.logProbability ?? NaN, 3);
  }
});
