// One set-up at a time: a lock folder in .cache/ that names its owner's process. A lock whose owner has died is
// taken over, so an interrupted set-up never blocks the next one.
import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { cacheFolder } from './paths.mjs';
import { say } from './report.mjs';

const pollMs = 500;
/** A lock without an owner's name this long after its creation was interrupted between the two steps. */
const namelessMs = 5_000;

/**
 * @param {string} lock
 * @returns {boolean}
 */
function ownerIsAlive(lock) {
  let owner;
  try {
    owner = Number(fs.readFileSync(path.join(lock, 'pid'), 'utf8'));
  } catch {
    const created = fs.statSync(lock, { throwIfNoEntry: false })?.mtimeMs ?? 0;
    return Date.now() - created < namelessMs;
  }
  try {
    process.kill(owner, 0);
    return true;
  } catch (error) {
    return /** @type {NodeJS.ErrnoException} */ (error).code === 'EPERM';
  }
}

/**
 * @param {string} lock
 * @returns {boolean} whether it is now ours
 */
function tryTake(lock) {
  try {
    fs.mkdirSync(lock);
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'EEXIST') throw error;
    return false;
  }
  fs.writeFileSync(path.join(lock, 'pid'), String(process.pid));
  return true;
}

/**
 * @template T
 * @param {() => Promise<T>} work
 * @param {string} [lock] the lock folder
 * @returns {Promise<T>}
 */
export async function withLock(work, lock = path.join(cacheFolder, 'setup.lock')) {
  fs.mkdirSync(path.dirname(lock), { recursive: true });
  let waiting = false;
  while (!tryTake(lock)) {
    if (!ownerIsAlive(lock)) {
      fs.rmSync(lock, { recursive: true, force: true });
      continue;
    }
    if (!waiting) say('another set-up is running in this folder; waiting for it …');
    waiting = true;
    await sleep(pollMs);
  }
  try {
    return await work();
  } finally {
    fs.rmSync(lock, { recursive: true, force: true });
  }
}
