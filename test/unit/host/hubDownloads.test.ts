// How downloads are asked for by arguments, and spoken of.
import { expect, test } from 'vitest';
import { addedSentence, progressReports, remediesFor } from '../../../src/host/hub/downloadText.ts';
import { readModelRequest, readSaeRequest } from '../../../src/host/hub/requests.ts';
import type { AddedDownload } from '../../../src/shared/hubProtocol.ts';
import { MonosemError } from '../../../src/shared/errors.ts';

test('arguments are read field by field', () => {
  const cancellation = {
    isCancellationRequested: false,
    onCancellationRequested: () => ({ dispose: () => undefined }),
  };
  expect(readModelRequest({ repo: 'a/b', variant: 'x.onnx', use: true, cancellation })).toEqual({
    repo: 'a/b',
    variant: 'x.onnx',
    use: true,
    cancellation,
  });
  expect(readModelRequest({ repo: 'a/b', other: 1 })).toEqual({ repo: 'a/b' });
  expect(readSaeRequest({ repo: 'a/b', path: 'l', model: 'c/d', use: 'add' })).toEqual({
    ...{ repo: 'a/b', path: 'l', model: 'c/d', use: 'add' },
  });
});

test.each([undefined, null, 'a/b', 7, {}, []])('%j names nothing, so it is asked', (argument) => {
  expect(readModelRequest(argument)).toBeUndefined();
  expect(readSaeRequest(argument)).toBeUndefined();
});

test.each([
  [{ repo: 7 }, 'repo'],
  [{ repo: '../..' }, 'repository'],
  [{ repo: 'a/b', use: 'yes' }, 'use'],
  [{ repo: 'a/b', path: 7 }, 'path'],
  [{ repo: 'a/b', model: 7 }, 'model'],
])('%j is refused', (argument, word) => {
  expect(() => readSaeRequest(argument)).toThrow(word);
});

test('a variant that is no text, and a use of a model that is no yes or no', () => {
  expect(() => readModelRequest({ repo: 'a/b', variant: 1 })).toThrow('variant');
  expect(() => readModelRequest({ repo: 'a/b', use: 'add' })).toThrow('use');
});

test('progress: file, bytes, and percentages that sum to a hundred', () => {
  const report = progressReports();
  const all = [0, 30, 20, 100, 120].map((done) =>
    report({ file: 'onnx/model.onnx', done: done * 1e6, total: 100e6 }),
  );
  expect(all[1]?.message).toBe('30 MB of 100 MB, onnx/model.onnx');
  expect(all.map(({ increment }) => increment)).toEqual([0, 30, 0, 70, 0]);
  expect(progressReports()({ file: 'empty', done: 0, total: 0 }).increment).toBe(0);
});

test('what can be done after a failure', () => {
  const titles = (code: 'hubDenied' | 'hubUnreachable' | 'diskFull' | 'badEdit'): unknown =>
    remediesFor(new MonosemError(code, 'x'))?.map((remedy) =>
      remedy.kind === 'command' ? remedy.command : remedy.kind,
    );
  expect(titles('hubDenied')).toEqual(['setHubToken', 'page']);
  expect(titles('hubUnreachable')).toEqual(['retry', 'openSettings']);
  expect(titles('diskFull')).toEqual(['removeDownload', 'retry', 'openSettings']);
  expect(titles('badEdit')).toBeUndefined();
  expect(remediesFor(new Error('x'))).toBeUndefined();
});

test('the sentence at the end', () => {
  const added: AddedDownload = {
    ...{ id: 'lab/saes/l7', repo: 'lab/saes', place: '/x', bytes: 1_500_000 },
    kind: 'sae',
    isOffline: false,
  };
  expect(addedSentence(added)).toBe('lab/saes/l7 is downloaded (1.5 MB).');
  expect(addedSentence({ ...added, isOffline: true }, { name: 'GPT-2' })).toBe(
    'lab/saes/l7 is in the cache (1.5 MB); it reads GPT-2, which is not the open model.',
  );
});
