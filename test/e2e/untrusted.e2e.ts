// A folder from somebody else, opened in restricted mode: what its settings say about models and downloads does not count
// until the folder is trusted. Text is read all the same, with the model that comes with Monosem.
import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { writeBundle } from '../fixtures/bundle.ts';
import { openTimeout, sharedSession, slowly, story } from './session.ts';

const modelName = 'from the folder';

describe('a folder that is not trusted', () => {
  const session = sharedSession(async ({ scratch, workspace }) => {
    const model = path.join(scratch, modelName);
    fs.mkdirSync(model);
    await writeBundle(model, {
      decoder: { kind: 'llama', seed: 3 },
      sae: { architecture: 'topk', k: 4 },
      seed: 4,
    });
    // What the folder wants: a model of its own, and downloads from and to wherever it likes.
    const wanted = {
      'monosem.model': model,
      'monosem.saes': [path.join(model, 'sae')],
      'monosem.hub.endpoint': 'http://127.0.0.1:9/',
      'monosem.hub.cacheFolder': path.join(scratch, 'cache'),
    };
    fs.mkdirSync(path.join(workspace, '.vscode'));
    fs.writeFileSync(path.join(workspace, '.vscode', 'settings.json'), JSON.stringify(wanted));
    return {
      asksForTrust: true,
      settings: {
        'security.workspace.trust.enabled': true,
        'security.workspace.trust.startupPrompt': 'never',
      },
    };
  });
  const { workbench } = session;

  test('names a model in vain until it is trusted', async () => {
    const { page } = session;
    const restricted = page.locator('.statusbar-item', { hasText: 'Restricted Mode' });
    await restricted.waitFor();
    await workbench.openFile(story);
    await workbench.coloured.first().waitFor({ timeout: openTimeout });
    const explanation = (): Promise<string | null> =>
      workbench.statusItem.getAttribute('aria-label');
    await expect.poll(explanation, slowly).toContain('stories15M');
    expect(await explanation()).not.toContain(modelName);
    await session.screenshot('untrusted');

    await workbench.runCommand('Workspaces: Manage Workspace Trust');
    await page.getByRole('button', { name: 'Trust', exact: true }).first().click();
    await restricted.waitFor({ state: 'hidden' });
    await expect.poll(explanation, slowly).toContain(modelName);
    await session.screenshot('trusted');
  });
});
