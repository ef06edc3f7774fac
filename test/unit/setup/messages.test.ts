// What a person reads when set-up cannot do its work.
import { describe, expect, test } from 'vitest';
import { isNewEnough, runtimePackage } from '../../../scripts/setup/nodeRuntime.mjs';
import { explainFailure } from '../../../scripts/setup/npm.mjs';

describe('explainFailure', () => {
  test.each([
    ['npm error code ENOTFOUND\nnpm error network request failed', 'could not be reached'],
    ['npm error code E404\nnpm error 404 Not Found - GET https://…', 'does not have'],
    ['npm error code ENOSPC', 'disk is full'],
    ['npm error code EUSAGE\nnpm error `npm ci` can only install …', 'package-lock.json'],
  ])('%j is one sentence about what to do', (output, advice) => {
    const message = explainFailure('VS Code for the browser', output);
    expect(message).toContain('Could not install VS Code for the browser: ');
    expect(message).toContain(advice);
    expect(message).not.toContain('\n');
  });

  test('an unknown failure shows what npm said last', () => {
    expect(explainFailure('x', 'line one\nodd trouble')).toContain('odd trouble');
  });
});

describe('Node.js', () => {
  test.each([
    ['v20.20.2', false],
    ['v22.18.0', false],
    ['v24.0.0', true],
    ['v26.1.0', true],
  ])('%s is new enough: %s', (version, expected) => {
    expect(isNewEnough(version)).toBe(expected);
  });

  test('a platform without a package gets advice', () => {
    expect(() => runtimePackage('aix-ppc64')).toThrow('https://nodejs.org');
  });
});
