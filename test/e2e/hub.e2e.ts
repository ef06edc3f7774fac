// Downloads as a person makes them: a model and an SAE are chosen from lists, fetched from a server on this machine
// that has the hub's URL layout, and used; a refusal offers to set a token.
import fs from 'node:fs';
import path from 'node:path';
import type { Locator } from 'playwright-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { root } from '../../scripts/setup/paths.mjs';
import { HubServer } from '../unit/hub/hubServer.ts';
import { openTimeout, sharedSession, slowly, story } from './session.ts';

const model = path.join(root, 'models', 'stories15M');
const site = 'blocks.2.hook_resid_post';

function read(...names: readonly string[]): Uint8Array {
  return new Uint8Array(fs.readFileSync(path.join(model, ...names)));
}

/** The embedded model, and a collection of SAEs that has its SAE several times. */
function fill({ repos }: HubServer): void {
  const small = [
    'config.json',
    'generation_config.json',
    'tokenizer.json',
    'tokenizer_config.json',
  ];
  const onnx = 'onnx/model.onnx';
  repos.set('tinylab/stories15M', {
    files: new Map([
      ...small.map((name) => [name, read(name)] as const),
      [onnx, read(onnx)],
      ['onnx/model_q4.onnx', new Uint8Array(9_000_000)],
    ]),
    large: new Set([onnx]),
  });
  const files = ['cfg.json', 'sae_weights.safetensors'].map(
    (name) => [name, read('saes', site, name)] as const,
  );
  const saes = [0, 1, 2, 3, 4, 5].flatMap((layer) =>
    files.map(([name, content]) => [`blocks.${layer}.hook_resid_post/${name}`, content] as const),
  );
  repos.set('tinylab/stories15M-saes', { files: new Map(saes) });
}

/** Half of the large file arrives, the rest when the function that is returned is called. */
function holdBack(server: HubServer): () => void {
  const content = read('onnx', 'model.onnx');
  const half = 15_000_000;
  let release = (): void => undefined;
  server.mischief = ({ url }, response) => {
    if (!url.startsWith('/content/')) return false;
    response.setHeader('content-length', content.length);
    response.write(content.subarray(0, half));
    release = () => response.end(content.subarray(half));
    return true;
  };
  return () => {
    server.mischief = () => false;
    release();
  };
}

describe('a hub', () => {
  const server = new HubServer();
  beforeAll(async () => {
    fill(server);
    await server.start();
    return () => server.stop();
  });
  const session = sharedSession(({ scratch }) => ({
    settings: {
      'monosem.hub.endpoint': server.endpoint,
      'monosem.hub.cacheFolder': path.join(scratch, 'cache'),
    },
  }));
  const { workbench } = session;

  const row = (text: string): Locator => workbench.offers.filter({ hasText: text }).first();
  const message = (text: string): Locator =>
    session.page.locator('.notification-list-item', { hasText: text }).first();
  const press = (text: string, button: string): Promise<void> =>
    message(text).getByRole('button', { name: button }).click();

  test('a model, an SAE of a collection, and a repository that asks for a token', async () => {
    await workbench.runAskingCommand('Monosem: Add Model…');
    await row('GPT-2 small').waitFor({ timeout: openTimeout });
    await session.page.mouse.move(0, 0);
    await session.screenshot('add-model');
    await session.page.keyboard.type('tinylab/');
    await row('no repository').waitFor();
    await session.page.keyboard.type('stories15M');
    await row('tinylab/stories15M').waitFor();
    await row('look on').click();
    await row('onnx/model_q4.onnx').waitFor();
    await session.screenshot('add-model-variant');
    const release = holdBack(server);
    await row('recommended').click();
    await message('MB of 31.9 MB, onnx/model.onnx').waitFor();
    await session.screenshot('hub-progress');
    release();
    await message('tinylab/stories15M is downloaded').waitFor();
    await press('tinylab/stories15M is downloaded', 'Use It Now');
    await workbench.openFile(story);
    await expect.poll(() => workbench.statusItem.innerText(), slowly).toContain('no SAE');

    await workbench.runAskingCommand('Monosem: Add SAE…');
    await row('jbloom/GPT2-Small-SAEs-Reformatted').waitFor();
    await session.page.mouse.move(0, 0);
    await session.screenshot('add-sae');
    await session.page.keyboard.type('tinylab/stories15M-saes');
    await row('tinylab/stories15M-saes').waitFor();
    await row('look on').click();
    await row(site).waitFor();
    await session.screenshot('add-sae-choice');
    await session.page.keyboard.type('blocks.2');
    await row('blocks.0.').waitFor({ state: 'hidden' });
    await row(site).click();
    await message('is downloaded').waitFor();
    await press('stories15M-saes', 'Use It Now');
    await workbench.coloured.first().waitFor({ timeout: openTimeout });
    expect(
      fs.existsSync(
        path.join(session.scratch, 'cache', 'saes', 'tinylab', 'stories15M-saes', site),
      ),
    ).toBe(true);

    server.mischief = (_, response) => {
      response.statusCode = 401;
      response.end();
      return true;
    };
    await workbench.runAskingCommand('Monosem: Add Model…');
    await row('GPT-2 small').waitFor();
    await session.page.keyboard.type('tinylab/gated');
    await row('tinylab/gated').waitFor();
    await row('look on').click();
    await message('needs an access token (401)').waitFor();
    await session.screenshot('hub-denied');
    await press('needs an access token (401)', 'Set Hub Token…');
    await workbench.quickInput.locator('input[type="password"]').waitFor();
    await session.screenshot('hub-token');
    server.mischief = () => false;
    await session.page.keyboard.type('hf_example');
    await session.page.keyboard.press('Enter');
    // With a token it is asked once more.
    await message('(404)').waitFor();
    expect(server.seen.at(-1)?.authorization).toBe('Bearer hf_example');
  });
});
