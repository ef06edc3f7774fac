// The main job as a person does it, in a real VS Code in a real browser: open a file, see the features of its tokens,
// look one up, steer a selection and read what the steered model writes.
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { Session } from './session.ts';
import { Workbench } from './workbench.ts';

describe('a story under the microscope', () => {
  let session: Session;
  let workbench: Workbench;

  beforeAll(async () => {
    session = await Session.start();
    workbench = new Workbench(session.page);
  });
  afterEach(async ({ task }) => {
    if (task.result?.state === 'fail') await session.keepEvidence(task.name.replaceAll(' ', '-'));
  });
  afterAll(() => session.close());

  test('a sample opens and the extension is active', async () => {
    await workbench.ready();
    await workbench.openFile('lily-and-the-lantern.txt');
    await workbench.statusItem('Monosem').first().waitFor();
    expect(await workbench.editor.innerText()).toContain('Lily');
  });
});
