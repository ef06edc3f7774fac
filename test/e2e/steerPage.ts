// The steering view in a browser page, in the words of its tests.
import type { Locator } from 'playwright-core';
import type { SteerStep } from '../../src/shared/engineProtocol.ts';
import type { FinishedPair, ToSteerView } from '../../src/shared/webviewProtocol.ts';
import type { ThemeName } from './themes.ts';
import { type ViewPage, openView } from './webviewPage.ts';

/** @param look theme and width in pixels */
export async function openSteer(
  look: readonly [theme: ThemeName, width: number],
  ...messages: readonly ToSteerView[]
): Promise<ViewPage> {
  const [theme, width] = look;
  const view = await openView({ view: 'steer', theme, width });
  for (const message of messages) await view.send(message);
  return view;
}

/** Chooses the operation of a feature's edit. */
export async function choose(view: ViewPage, feature: number, operation: string): Promise<void> {
  await chooseIn(view.page.locator(`[data-feature="${String(feature)}"]`), operation);
}

/** The row of a direction. */
export function directionRow({ page }: ViewPage, name: string): Locator {
  return page.locator(`[data-target^="${name}@"]`);
}

/** Chooses the operation of the edit in a row. */
export async function chooseIn(row: Locator, operation: string): Promise<void> {
  await row.locator('.operation').click();
  await row.locator('vscode-option', { hasText: operation }).click();
}

/** Number of the run that was asked for last. */
export async function lastRun(view: ViewPage): Promise<number> {
  const asked = (await view.posted()).findLast(({ kind }) => kind === 'run');
  return asked !== undefined && 'run' in asked ? Number(asked.run) : NaN;
}

/** Number of the sweep that was asked for last. */
export async function lastSweep(view: ViewPage): Promise<number> {
  const asked = (await view.posted()).findLast(({ kind }) => kind === 'sweep');
  return asked !== undefined && 'sweep' in asked ? Number(asked.sweep) : NaN;
}

/** Number of the measurement that was asked for last. */
export async function lastMeasurement(view: ViewPage): Promise<number> {
  const asked = (await view.posted()).findLast(({ kind }) => kind === 'measureLikelihood');
  return asked !== undefined && 'measurement' in asked ? Number(asked.measurement) : NaN;
}

/** What the host says to the run that was asked for last: that it starts, and its steps. */
export async function play(view: ViewPage, steps: readonly SteerStep[]): Promise<number> {
  const run = await lastRun(view);
  await view.send({ kind: 'started', run } as ToSteerView);
  for (const step of steps) await view.send({ kind: 'step', run, step } as ToSteerView);
  return run;
}

/** Plays a run to its end. @param samples how its texts ended; left out where no test looks at that */
export async function playToEnd(
  view: ViewPage,
  steps: readonly SteerStep[],
  samples: readonly FinishedPair[] = [],
): Promise<void> {
  const run = await play(view, steps);
  await view.send({ kind: 'finished', run, samples } as ToSteerView);
}

/** Pixels by which the page is wider than its window. */
export async function overflow({ page }: ViewPage): Promise<number> {
  return page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
}
