// Where the hub is, for the commands that download: the environment variables of Hugging Face's own tools.
import { readFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { HubAccess } from '../engine/engine.ts';
import { MonosemError } from '../shared/errors.ts';

/**
 * HF_ENDPOINT, HF_TOKEN or the token that `hf auth login` saved, HF_HOME, HF_HUB_OFFLINE. Downloads lie in the folder
 * `monosem` of HF_HOME, as plain files: onnxruntime does not follow the links that other tools' cache is made of.
 * @throws MonosemError `badArgument` for an endpoint that is no URL
 */
export function hubAccess(): HubAccess {
  const { HF_ENDPOINT, HF_TOKEN, HF_HOME, HF_HUB_OFFLINE } = process.env;
  const home = given(HF_HOME) ?? path.join(os.homedir(), '.cache', 'huggingface');
  const endpoint = (given(HF_ENDPOINT) ?? 'https://huggingface.co').replace(/\/+$/, '');
  if (!/^https?:$/.test(URL.parse(endpoint)?.protocol ?? '')) {
    throw new MonosemError(
      'badArgument',
      `HF_ENDPOINT is "${endpoint}", which is no web address; write one such as https://huggingface.co.`,
    );
  }
  const token = given(HF_TOKEN) ?? savedToken(path.join(home, 'token'));
  return {
    endpoint,
    cache: path.resolve(home, 'monosem'),
    offline: HF_HUB_OFFLINE === '1',
    ...(token === undefined ? {} : { token }),
  };
}

function given(value: string | undefined): string | undefined {
  return value === undefined || value.trim() === '' ? undefined : value.trim();
}

function savedToken(file: string): string | undefined {
  try {
    return given(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}
