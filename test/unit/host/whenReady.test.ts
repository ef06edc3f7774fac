import { expect, test } from 'vitest';
import { WhenReady } from '../../../src/host/views/whenReady.ts';

test('what is told waits for a view, in its order, and is told once', () => {
  const posted: number[] = [];
  const told = new WhenReady<number>((message) => posted.push(message));
  told.tell(1);
  told.tell(2);
  expect(posted).toEqual([]);
  told.ready();
  told.tell(3);
  told.ready();
  expect(posted).toEqual([1, 2, 3]);
});
