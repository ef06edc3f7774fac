import { expect, test } from 'vitest';
import { ComputeLane } from '../../../src/engine/server/scheduler.ts';
import type { Turn } from '../../../src/engine/server/scheduler.ts';

const never = new AbortController().signal;

function gate(): { readonly opened: Promise<void>; open: () => void } {
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open };
}

test('one at a time, most urgent first, first come first served within a priority', async () => {
  const lane = new ComputeLane();
  const order: string[] = [];
  const first = gate();
  let running = 0;
  const job = (name: string) => async (): Promise<void> => {
    expect(++running).toBe(1);
    order.push(name);
    if (name === 'first') await first.opened;
    await Promise.resolve();
    running--;
  };
  const all = [
    lane.run('document', never, job('first')),
    lane.run('background', never, job('background')),
    lane.run('document', never, job('document 1')),
    lane.run('document', never, job('document 2')),
    lane.run('asked', never, job('asked')),
    lane.run('interactive', never, job('interactive')),
  ];
  first.open();
  await Promise.all(all);
  const documents = ['document 1', 'document 2'];
  expect(order).toEqual(['first', 'interactive', 'asked', ...documents, 'background']);
});

test('a queued job that is cancelled never starts and fails at once', async () => {
  const lane = new ComputeLane();
  const hold = gate();
  const holding = lane.run('document', never, () => hold.opened);
  const controller = new AbortController();
  let started = false;
  const queued = lane.run('interactive', controller.signal, () => {
    started = true;
    return Promise.resolve();
  });
  controller.abort();
  await expect(queued).rejects.toMatchObject({ code: 'cancelled' });
  hold.open();
  await holding;
  expect(started).toBe(false);
  await expect(lane.run('document', controller.signal, () => hold.opened)).rejects.toMatchObject({
    code: 'cancelled',
  });
});

test('a turn lets a more urgent job through, not an equal one', async () => {
  const lane = new ComputeLane();
  const order: string[] = [];
  const long = lane.run('document', never, async (turn: Turn) => {
    order.push('long a');
    await turn.turn();
    order.push('long b');
  });
  const equal = lane.run('document', never, () => Promise.resolve(order.push('equal')));
  const urgent = lane.run('interactive', never, () => Promise.resolve(order.push('urgent')));
  await Promise.all([long, equal, urgent]);
  expect(order).toEqual(['long a', 'urgent', 'long b', 'equal']);
});

test('lowering its priority makes a job wait at its next turn', async () => {
  const lane = new ComputeLane();
  const order: string[] = [];
  const lowered = lane.run('interactive', never, async (turn) => {
    turn.setPriority('background');
    await turn.turn();
    order.push('lowered');
  });
  const other = lane.run('document', never, () => Promise.resolve(order.push('document')));
  await Promise.all([lowered, other]);
  expect(order).toEqual(['document', 'lowered']);
});

test('a job suspended in its turn is cancelled without waiting, and frees nothing it does not hold', async () => {
  const lane = new ComputeLane();
  const controller = new AbortController();
  const hold = gate();
  const suspended = lane.run('document', controller.signal, (turn) => turn.turn());
  let isUrgentRunning = false;
  const urgent = lane.run('interactive', never, async () => {
    isUrgentRunning = true;
    await hold.opened;
    isUrgentRunning = false;
  });
  await expect.poll(() => isUrgentRunning).toBe(true);
  controller.abort();
  await expect(suspended).rejects.toMatchObject({ code: 'cancelled' });
  const next = lane.run('interactive', never, () => {
    expect(isUrgentRunning).toBe(false);
    return Promise.resolve();
  });
  hold.open();
  await Promise.all([urgent, next]);
});

test('a job that fails frees the lane', async () => {
  const lane = new ComputeLane();
  await expect(lane.run('document', never, () => Promise.reject(new Error('x')))).rejects.toThrow(
    'x',
  );
  expect(await lane.run('document', never, () => Promise.resolve(5))).toBe(5);
});
