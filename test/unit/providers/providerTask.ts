// What the test and its processes say to each other, and how such a process is started.
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { softwareVulkan } from '../../../scripts/setup/browser.mjs';
import type { ModelChoice } from '../../../src/shared/engineProtocol.ts';

/** To be done on `choice.provider` and on the processor. */
export interface ProviderTask {
  readonly choice: ModelChoice;
  readonly sae: string;
  readonly text: string;
  /** Tokens to continue the text by, with a feature changed beside the baseline. */
  readonly steps: number;
}

/** Flat arrays, in document order, as the engine gave them. */
export interface ProviderRun {
  /** Where it ran. */
  readonly provider: string;
  readonly features: readonly number[];
  readonly activations: readonly number[];
  /** Activations of each token's strongest feature and of two weak ones that are followed. */
  readonly followed: readonly number[];
  readonly losses: readonly number[];
  /** Per step ln p of the baseline's and of the steered token. */
  readonly steered: readonly (readonly number[])[];
}

/** What each accelerator is like on this machine. */
export interface Probe {
  readonly [provider: string]: {
    /** Why it cannot be used; '' where it can. */
    readonly reason: string;
    /** How often two models were run on it that were asked for three times. */
    readonly blockRuns: number;
  };
}

export const hasSoftwareDevice = process.platform === 'linux' && process.arch === 'x64';

/** On Linux x64 programs find the software Vulkan device of the test browser; elsewhere what the system has. */
export async function deviceEnvironment(): Promise<NodeJS.ProcessEnv> {
  return hasSoftwareDevice ? { ...process.env, ...(await softwareVulkan()) } : process.env;
}

/** Runs a script and parses what it prints. */
export function runScript(
  script: URL,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  exitCode = 0,
): Promise<unknown> {
  return new Promise((resolve, reject) => {
    execFile(process.execPath, [fileURLToPath(script), ...args], { env }, (error, out, err) => {
      if ((error?.code ?? 0) === exitCode) resolve(JSON.parse(out));
      else reject(error ?? new Error(`${script.href} ended well: ${out}${err}`));
    });
  });
}
