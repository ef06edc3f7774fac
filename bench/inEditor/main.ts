// An extension beside ours in a real extension host: types into files and has tokens painted as its plan says, and leaves
// a report file. Bundled into the profile of the benchmarks by editorBench.ts.
import fs from 'node:fs';
import path from 'node:path';
import * as vscode from 'vscode';
import { messageOf } from '../../src/shared/errors.ts';
import type { ExportedApi } from '../../src/host/api/createApi.ts';
import type { EditorPlan, EditorReport, TypingReport } from '../editorReport.ts';
import { paint } from './painting.ts';
import { typeInto } from './typing.ts';

export function activate(context: vscode.ExtensionContext): void {
  const file = path.join(context.extensionPath, 'plan.json');
  const plan = JSON.parse(fs.readFileSync(file, 'utf8')) as EditorPlan;
  // Activation is over before the work begins.
  setTimeout(() => void run(plan), 0);
}

async function run(plan: EditorPlan): Promise<void> {
  const report = await carryOut(plan).catch((error: unknown): EditorReport => ({
    typing: [],
    failure: messageOf(error),
  }));
  fs.writeFileSync(`${plan.report}.partial`, JSON.stringify(report));
  fs.renameSync(`${plan.report}.partial`, plan.report);
}

async function carryOut(plan: EditorPlan): Promise<EditorReport> {
  const extension = vscode.extensions.getExtension<ExportedApi>('monosem.monosem');
  if (extension === undefined) throw new Error('the extension is not installed');
  const api = await extension.activate();
  // Modules go by their real places, and the extension is a link.
  const folder = fs.realpathSync(path.join(extension.extensionPath, 'dist'));
  const typing: TypingReport[] = [];
  for (const each of plan.typing) typing.push(await typeInto(api, folder, plan, each));
  if (plan.painting === undefined) return { typing };
  return { typing, painting: await paint(api, folder, plan.painting) };
}
