import { expect, test } from 'vitest';
import { actionsAfter } from '../../../src/host/failures/failureActions.ts';
import { MonosemError, errorCodes } from '../../../src/shared/errors.ts';

test('every failure offers something to do, without repeating itself', () => {
  for (const code of errorCodes) {
    const actions = actionsAfter(new MonosemError(code, 'x'));
    expect(actions.length).toBeGreaterThan(0);
    expect(new Set(actions).size).toBe(actions.length);
  }
});

test.each([
  ['fileMissing', 'openSettings'],
  ['notADecoder', 'openModelFolder'],
  ['saeDoesNotFit', 'chooseSaes'],
  ['noSae', 'chooseSaes'],
  ['providerMissing', 'showDiagnostics'],
  ['engineStopped', 'restartEngine'],
] as const)('%s: first of all %s', (code, action) => {
  expect(actionsAfter(new MonosemError(code, 'x'))[0]).toBe(action);
});

test('what nobody expected: a fresh engine', () => {
  expect(actionsAfter(new TypeError('x'))[0]).toBe('restartEngine');
});
