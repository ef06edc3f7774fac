import { readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { BlobCache } from '../../../src/engine/files/blobCache.ts';
import { useTemporaryFolder } from './temporaryFolder.ts';

const folder = useTemporaryFolder();
const key = (n: number): string => n.toString(16).padStart(6, '0');
const blob = (n: number, length = 1000): Uint8Array => new Uint8Array(length).fill(n);
const fileOf = (place: string, n: number): string =>
  path.join(place, key(n).slice(0, 2), `${key(n).slice(2)}.blob`);

test('gives back what was put, also to another process', async () => {
  const place = path.join(folder(), 'a');
  const cache = new BlobCache(place, 1e6);
  expect(await cache.get(key(1))).toBeUndefined();
  cache.put(key(1), blob(7));
  await cache.settled();
  expect(new Uint8Array((await new BlobCache(place, 1e6).get(key(1))) ?? [])).toEqual(blob(7));
  expect(await cache.clear()).toBeGreaterThan(1000);
  expect(await cache.get(key(1))).toBeUndefined();
});

test.each([
  ['cut short', (bytes: Uint8Array): Uint8Array => bytes.subarray(0, 500)],
  ['empty', (): Uint8Array => new Uint8Array(0)],
  ['changed by one bit', (bytes: Uint8Array): Uint8Array => bytes.with(400, (bytes[400] ?? 0) ^ 1)],
])('a blob that is %s is absent, and removed', async (_, damage) => {
  const place = path.join(folder(), 'b');
  const cache = new BlobCache(place, 1e6);
  cache.put(key(2), blob(1));
  await cache.settled();
  const file = fileOf(place, 2);
  writeFileSync(file, damage(readFileSync(file)));
  expect(await cache.get(key(2))).toBeUndefined();
  expect(readdirSync(path.dirname(file))).toEqual([]);
});

test("a blob under another's name is absent", async () => {
  const place = path.join(folder(), 'c');
  const cache = new BlobCache(place, 1e6);
  cache.put(key(3), blob(1));
  await cache.settled();
  writeFileSync(fileOf(place, 4), readFileSync(fileOf(place, 3)));
  expect(await cache.get(key(4))).toBeUndefined();
});

test('stays within its limit: what was used longest ago goes first, and what a dead process left', async () => {
  const place = path.join(folder(), 'd');
  const cache = new BlobCache(place, 20_000);
  for (let n = 0; n < 15; n++) cache.put(key(n), blob(n));
  await cache.settled();
  for (let n = 0; n < 15; n++) utimesSync(fileOf(place, n), 1e9 + n, 1e9 + n);
  const leftover = path.join(place, '00', '.left.tmp');
  writeFileSync(leftover, 'half');
  utimesSync(leftover, 1e9, 1e9);
  expect(await cache.get(key(0))).toBeDefined();
  await expect.poll(() => statSync(fileOf(place, 0)).mtimeMs).toBeGreaterThan(1e12);
  for (let n = 15; n < 24; n++) cache.put(key(n), blob(n));
  await cache.settled();
  const left = readdirSync(path.join(place, '00'));
  expect(left.length * 1032).toBeLessThanOrEqual(21_000);
  expect(left).not.toContain('.left.tmp');
  expect(await cache.get(key(0))).toBeDefined();
  expect(await cache.get(key(1))).toBeUndefined();
  expect(await cache.get(key(23))).toBeDefined();
});

test('a folder that cannot be used is an empty cache', async () => {
  const file = path.join(folder(), 'file');
  writeFileSync(file, 'no folder');
  const cache = new BlobCache(path.join(file, 'x'), 1e6);
  cache.put(key(1), blob(1));
  await cache.settled();
  expect(await cache.get(key(1))).toBeUndefined();
  expect(await cache.clear()).toBe(0);
});
