// Runs one side of a comparison in a Node process of its own: a script of this folder, told what to do by JSON in its
// argument, that writes JSON to its standard output.
import { spawn } from 'node:child_process';
import path from 'node:path';

/** @param script file name in this folder */
export function inFreshProcess<Report>(script: string, work: object): Promise<Report> {
  const flags = ['--expose-gc', '--disable-warning=ExperimentalWarning'];
  const file = path.join(import.meta.dirname, script);
  const child = spawn(process.execPath, [...flags, file, JSON.stringify(work)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0) resolve(JSON.parse(output) as Report);
      else reject(new Error(`${script} ended with ${String(code)} on ${JSON.stringify(work)}`));
    });
  });
}
