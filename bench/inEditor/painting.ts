// Switches the colours of a file off and on again, whose tokens are known, and says how long it took until all of them
// were handed to VS Code.
import { setTimeout as sleep } from 'node:timers/promises';
import * as vscode from 'vscode';
import type { ExportedApi } from '../../src/host/api/createApi.ts';
import type { EditorPlan, PaintingReport } from '../editorReport.ts';
import { analysed, openFile, until } from './document.ts';
import { now, OwnTime } from './ownTime.ts';

/** The page is drawn and everything is calm by then, in milliseconds. */
const calm = 1500;

export async function paint(
  api: ExportedApi,
  folder: string,
  { file, tokens, times }: NonNullable<EditorPlan['painting']>,
): Promise<PaintingReport> {
  const { document } = await openFile(file);
  await analysed(api, document);
  const isPainted = (): boolean => api.testing.paintedIn(document.uri).length >= tokens;
  await until(`${tokens} painted tokens`, isPainted);
  const ranges = api.testing.paintedIn(document.uri).length;
  const [asked, ended]: [number[], number[]] = [[], []];
  const [askedAt, handedOver]: [number[], number[]] = [[], []];
  const own = await OwnTime.during(folder, async () => {
    for (let n = 0; n < times; n++) {
      await vscode.commands.executeCommand('monosem.toggleFeatures');
      await until('no colours', () => api.testing.paintedIn(document.uri).length === 0);
      await sleep(calm);
      askedAt.push(Date.now());
      asked.push(now());
      await vscode.commands.executeCommand('monosem.toggleFeatures');
      await until(`${tokens} painted tokens`, isPainted);
      handedOver.push((now() - (asked[n] ?? NaN)) / 1000);
      await sleep(calm);
      ended.push(now());
    }
  });
  return {
    askedAt,
    own: asked.map((at, n) => own.between(at, ended[n] ?? at)),
    handedOver,
    ranges,
  };
}
