import { expect, test } from 'vitest';
import {
  RestartPolicy,
  crashLimit,
  crashWindowMs,
} from '../../../src/host/engine/restartPolicy.ts';

function policyAt(): { policy: RestartPolicy; at: (ms: number) => void } {
  let now = 0;
  return { policy: new RestartPolicy(() => now), at: (ms) => void (now = ms) };
}

test('the first restart is immediate, later ones wait longer', () => {
  const { policy } = policyAt();
  const delays = [policy.delayMs];
  for (let crash = 1; crash < crashLimit; crash++) {
    policy.crashed();
    delays.push(policy.delayMs);
  }
  expect(delays).toEqual([0, 0, 250, 500, 1000]);
});

test('gives up after five crashes within three minutes, for good until reset', () => {
  const { policy, at } = policyAt();
  for (let crash = 0; crash < crashLimit; crash++) {
    expect(policy.hasGivenUp).toBe(false);
    policy.crashed();
  }
  expect(policy.hasGivenUp).toBe(true);
  at(10 * crashWindowMs);
  expect(policy.hasGivenUp).toBe(true);
  policy.reset();
  expect(policy.hasGivenUp).toBe(false);
  expect(policy.delayMs).toBe(0);
});

test('crashes far apart are forgiven', () => {
  const { policy, at } = policyAt();
  for (let crash = 0; crash < 3 * crashLimit; crash++) {
    at((crash * crashWindowMs) / 4);
    policy.crashed();
    expect(policy.hasGivenUp).toBe(false);
  }
});
