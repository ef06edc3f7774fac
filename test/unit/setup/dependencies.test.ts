// When set-up believes that the libraries are there.
import { describe, expect, test } from 'vitest';
import { missingPackages } from '../../../scripts/setup/dependencies.mjs';

const wanted = {
  packages: {
    '': { version: '0.1.0' },
    'node_modules/a': { version: '1.0.0' },
    'node_modules/b': { version: '2.0.0' },
    'node_modules/other-platform': { version: '3.0.0', optional: true },
  },
};

describe('missingPackages', () => {
  test('everything is missing while npm has not left its list', () => {
    expect(missingPackages(wanted, undefined)).toEqual(['node_modules/a', 'node_modules/b']);
  });

  test('what is present counts, and optional packages of other platforms may be absent', () => {
    const { a, b } = { a: { version: '1.0.0' }, b: { version: '2.0.0' } };
    const installed = { packages: { 'node_modules/a': a, 'node_modules/b': b } };
    expect(missingPackages(wanted, installed)).toEqual([]);
  });

  test('another version is missing', () => {
    const installed = {
      packages: { 'node_modules/a': { version: '1.0.1' }, 'node_modules/b': { version: '2.0.0' } },
    };
    expect(missingPackages(wanted, installed)).toEqual(['node_modules/a']);
  });

  test('an optional package of another version is missing too', () => {
    const installed = {
      packages: {
        'node_modules/a': { version: '1.0.0' },
        'node_modules/b': { version: '2.0.0' },
        'node_modules/other-platform': { version: '2.9.0' },
      },
    };
    expect(missingPackages(wanted, installed)).toEqual(['node_modules/other-platform']);
  });
});
