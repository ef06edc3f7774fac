import { expect, test } from 'vitest';
import { portableMemory } from '../../../src/host/memory.ts';
import { emptyMemory } from './memoryInTests.ts';

test('places inside the extension are found again after it has moved', async () => {
  const memory = emptyMemory();
  const before = portableMemory(memory, '/extensions/monosem-0.1.0');
  const places = {
    embedded: '/extensions/monosem-0.1.0/models/stories15M',
    other: '/extensions/monosem-0.1.01/models',
    list: ['/extensions/monosem-0.1.0', '/home/me/saes', 7, null, true],
  };
  await before.update('places', places);
  expect(before.get('places')).toEqual(places);
  const after = portableMemory(memory, 'C:\\extensions\\monosem-0.2.0');
  expect(after.get('places')).toEqual({
    embedded: 'C:\\extensions\\monosem-0.2.0/models/stories15M',
    other: '/extensions/monosem-0.1.01/models',
    list: ['C:\\extensions\\monosem-0.2.0', '/home/me/saes', 7, null, true],
  });
});

test('what nobody remembered is not there', () => {
  expect(portableMemory(emptyMemory(), '/e').get('nothing')).toBeUndefined();
});
