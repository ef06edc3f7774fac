// What is asked of the hub before a download, and when the cache is enough.
import { expect, test } from 'vitest';
import { fetchInto, offered } from '../../../src/host/hub/questions.ts';
import { MonosemError } from '../../../src/shared/errors.ts';
import type { HubPlace } from '../../../src/shared/hubProtocol.ts';

const place: HubPlace = { endpoint: 'https://hub.example', cache: '/cache' };
const hub = { place: () => Promise.resolve(place) };
const unreachable = new MonosemError('hubUnreachable', 'It cannot be reached.');
const choice = { section: '', label: 'a', description: '', wanted: 'a' };

test('choices are those of the hub', async () => {
  expect(await offered({ hub }, 'anyway', () => Promise.resolve([choice]))).toEqual([choice]);
});

test.each([
  ['a hub that cannot be reached', () => Promise.reject(unreachable)],
  ['a repository with nothing to choose', () => Promise.resolve([])],
])('%s leaves what was wanted anyway', async (_, ask) => {
  const [only, ...others] = await offered({ hub }, 'anyway', ask);
  expect(only?.wanted).toBe('anyway');
  expect(others).toEqual([]);
});

test('a refusal is one', async () => {
  const refusal = new MonosemError('hubDenied', 'It is gated.');
  await expect(offered({ hub }, 'anyway', () => Promise.reject(refusal))).rejects.toBe(refusal);
});

test('what is downloaded is taken from the cache, unless files of it are gone', async () => {
  const asked: HubPlace[] = [];
  const fetch =
    (isThere: boolean) =>
    (where: HubPlace): Promise<string> => {
      asked.push(where);
      const isCache = where.offline === true;
      return isCache && !isThere ? Promise.reject(unreachable) : Promise.resolve('added');
    };
  const offline = { ...place, offline: true };
  expect(await fetchInto({ hub }, true, fetch(true))).toBe('added');
  expect(asked.splice(0)).toEqual([offline]);
  expect(await fetchInto({ hub }, true, fetch(false))).toBe('added');
  expect(asked.splice(0)).toEqual([offline, place]);
  expect(await fetchInto({ hub }, false, fetch(false))).toBe('added');
  expect(asked.splice(0)).toEqual([place]);
  const denied = new MonosemError('hubDenied', 'It is gated.');
  await expect(fetchInto({ hub }, true, () => Promise.reject(denied))).rejects.toBe(denied);
});
