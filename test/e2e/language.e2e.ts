// Monosem in a VS Code that speaks German: its commands, what it says, and its views. VS Code itself stays English, because
// its texts come with a language pack.
import { describe, expect, test } from 'vitest';
import { sharedSession, slowly, story } from './session.ts';

describe('a VS Code in German', () => {
  const session = sharedSession(() => ({ language: 'de' }));
  const { workbench } = session;

  test('finds a command by its German title, and what it writes is German', async () => {
    await workbench.runCommand('Monosem: Diagnose zeigen');
    // Blanks of the editor are no-break spaces.
    const text = async (): Promise<string> =>
      (await workbench.editor.innerText()).replaceAll('\u00A0', ' ');
    await expect
      .poll(text, slowly)
      .toMatch(/# Monosem-Diagnose\s+## Was wo läuft\s+Modell +stories15M/);
    expect(await text()).toMatch(/ läuft auf +CPU/);
    await session.screenshot('german-diagnostics');
  });

  test('has German views', async () => {
    await workbench.openFile(story);
    await workbench.coloured.first().waitFor(slowly);
    await workbench.selectLine(1);
    await workbench.runCommand('Monosem: Auswahl steuern');
    const steering = await workbench.view('.feature-row');
    await steering.getByRole('button', { name: 'Ausführen', exact: true }).waitFor();
    expect(await steering.locator('.column-names').innerText()).toContain('Im Prompt');
    await session.screenshot('german-steering');
  });
});
