// Where downloads come from and whose token goes there.
import os from 'node:os';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { Hub, tokenProblem } from '../../../src/host/hub/hub.ts';

const official = 'https://huggingface.co';
const secret = 'hf_kept';

interface Setting {
  endpoint?: string;
  cacheFolder?: string;
  environment?: Record<string, string>;
  /** Content of files. */
  files?: Record<string, string>;
}

function hubWith(setting: Setting): { hub: Hub; secrets: Map<string, string>; setting: Setting } {
  const secrets = new Map<string, string>();
  const hub = new Hub({
    settings: () => ({
      endpoint: setting.endpoint ?? '',
      cacheFolder: setting.cacheFolder ?? '',
      environment: setting.environment ?? { HF_HOME: '/hf' },
    }),
    secrets: {
      get: (key) => Promise.resolve(secrets.get(key)),
      store: (key, value) => Promise.resolve(void secrets.set(key, value)),
      delete: (key) => Promise.resolve(void secrets.delete(key)),
    },
    readText: (file) => Promise.resolve(setting.files?.[file]),
  });
  return { hub, secrets, setting };
}

describe('the endpoint', () => {
  test.each([
    [{}, official],
    [{ environment: { HF_ENDPOINT: 'https://mirror.example/' } }, 'https://mirror.example'],
    [
      { endpoint: 'http://localhost:80/hub//', environment: { HF_ENDPOINT: official } },
      'http://localhost:80/hub',
    ],
    [{ environment: { HF_ENDPOINT: '  ' } }, official],
  ])('%j is %s', (setting, endpoint) => {
    expect(hubWith(setting).hub.endpoint).toBe(endpoint);
  });

  test.each(['huggingface.co', 'ftp://huggingface.co', 'file:///etc', 'https://', 'nonsense'])(
    '%s is refused by the name of the setting',
    async (endpoint) => {
      const refusal = {
        code: 'badArgument',
        message: expect.stringContaining('hub.endpoint') as string,
      };
      await expect(hubWith({ endpoint }).hub.place()).rejects.toMatchObject(refusal);
      const environment = { HF_ENDPOINT: endpoint };
      await expect(hubWith({ environment }).hub.place()).rejects.toMatchObject({
        message: expect.stringContaining('HF_ENDPOINT') as string,
      });
    },
  );

  test('a password in it is refused and not repeated', async () => {
    const answer = hubWith({ endpoint: 'https://me:sesame@mirror.example' }).hub.place();
    await expect(answer).rejects.toThrow(/without a password/);
    await expect(answer).rejects.not.toThrow(/sesame/);
  });
});

test.each([
  [{}, path.resolve('/hf/monosem')],
  [{ environment: {} }, path.join(os.homedir(), '.cache', 'huggingface', 'monosem')],
  [{ cacheFolder: '/data/models' }, path.resolve('/data/models')],
  [{ cacheFolder: '~/models' }, path.join(os.homedir(), 'models')],
  [{ cacheFolder: '~' }, os.homedir()],
  [{ cacheFolder: 'models' }, path.join(os.homedir(), 'models')],
])('the cache folder of %j is %s', async (setting, cache) => {
  expect((await hubWith(setting).hub.place()).cache).toBe(cache);
});

test('switched off by the environment', async () => {
  expect((await hubWith({}).hub.place()).offline).toBeUndefined();
  const environment = { HF_HUB_OFFLINE: '1' };
  expect((await hubWith({ environment }).hub.place()).offline).toBe(true);
});

describe('the token', () => {
  const tokenOf = async (hub: Hub): Promise<string | undefined> => (await hub.place()).token;
  const files = { [path.join(path.resolve('/hf'), 'token')]: 'hf_saved\n' };

  test('kept here, else of the environment, else the one that hf auth login saved', async () => {
    const { hub } = hubWith({ environment: { HF_HOME: '/hf', HF_TOKEN: 'hf_env' }, files });
    expect(await hub.hasToken()).toBe(false);
    expect(await tokenOf(hub)).toBe('hf_env');
    await hub.setToken(` ${secret} `);
    expect(await hub.hasToken()).toBe(true);
    expect(await tokenOf(hub)).toBe(secret);
    await hub.setToken('');
    expect(await tokenOf(hub)).toBe('hf_env');
    expect(await tokenOf(hubWith({ files }).hub)).toBe('hf_saved');
    expect(await tokenOf(hubWith({}).hub)).toBeUndefined();
  });

  test('goes to the hub it was set for and to no other', async () => {
    const { hub, setting } = hubWith({});
    await hub.setToken(secret);
    setting.endpoint = `${official}/`;
    expect(await tokenOf(hub)).toBe(secret);
    for (const endpoint of [
      'https://mirror.example',
      'http://huggingface.co',
      `${official}.evil.example`,
    ]) {
      setting.endpoint = endpoint;
      expect(await tokenOf(hub)).toBeUndefined();
    }
  });

  test('of the environment goes to the hub of the environment alone', async () => {
    const environment = {
      HF_HOME: '/hf',
      HF_TOKEN: 'hf_env',
      HF_ENDPOINT: 'https://mirror.example',
    };
    const { hub, setting } = hubWith({ environment, files });
    expect(await tokenOf(hub)).toBe('hf_env');
    setting.endpoint = 'https://other.example';
    expect(await tokenOf(hub)).toBeUndefined();
    delete setting.endpoint;
    setting.environment = { HF_HOME: '/hf' };
    setting.endpoint = 'https://other.example';
    expect(await tokenOf(hub)).toBeUndefined();
  });

  test('that can be none is refused and not repeated', async () => {
    const { hub, secrets } = hubWith({});
    const answer = hub.setToken('hf_a b\nc');
    await expect(answer).rejects.toMatchObject({ code: 'badArgument' });
    await expect(answer).rejects.not.toThrow(/hf_a/);
    expect(secrets.size).toBe(0);
    expect(tokenProblem('hf_ü')).toMatch(/copy it once more/);
    expect(tokenProblem(' hf_Ab1 ')).toBeUndefined();
    expect(tokenProblem('')).toBeUndefined();
  });
});
