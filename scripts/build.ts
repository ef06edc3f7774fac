// Runs the bundler as a program of its own, so that its errors are printed as esbuild prints them.
import { spawn } from 'node:child_process';
import { root } from './setup/paths.mjs';
import { SetupError } from './setup/report.mjs';

export async function build(options: { readonly withTests: boolean }): Promise<void> {
  const args = ['esbuild.mjs', ...(options.withTests ? ['--tests'] : [])];
  const child = spawn(process.execPath, args, {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  const code = await new Promise((resolve) => child.once('exit', resolve));
  if (code !== 0) throw new SetupError('The build failed; the errors are above.');
}
