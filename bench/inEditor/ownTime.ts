// How long the extension host's thread was in the code of an extension, by V8's sampling profiler: nothing in the product
// knows that it is measured, and what VS Code does on its behalf (arguments turned into messages, texts joined) counts.
import { Session } from 'node:inspector/promises';
import type { Profiler } from 'node:inspector';

/** Microseconds between two samples. */
const interval = 50;
/** A longer gap between two samples is the machine's: it had no time for the profiler. */
const longestGap = 1000;

/** A stretch of time in the thread, on the clock of `now`. */
interface Stretch {
  /** Microseconds. */
  readonly at: number;
  readonly length: number;
}

/** Microseconds on the profiler's clock, which is the monotonic one of the system. */
export function now(): number {
  return Number(process.hrtime.bigint() / 1000n);
}

export class OwnTime {
  readonly #stretches: readonly Stretch[];

  private constructor(stretches: readonly Stretch[]) {
    this.#stretches = stretches;
  }

  /** @param folder what lies in it is the extension; what talks to its engine counts, too */
  static async during(folder: string, work: () => Promise<void>): Promise<OwnTime> {
    const session = new Session();
    session.connect();
    try {
      await session.post('Profiler.enable');
      await session.post('Profiler.setSamplingInterval', { interval });
      await session.post('Profiler.start');
      await work();
      const { profile } = await session.post('Profiler.stop');
      return new OwnTime(stretchesOf(profile, folder));
    } finally {
      session.disconnect();
    }
  }

  /** Milliseconds in [from, to), microseconds both. */
  between(from: number, to: number): number {
    let sum = 0;
    for (const { at, length } of this.#stretches) if (at >= from && at < to) sum += length;
    return sum / 1000;
  }
}

function stretchesOf(profile: Profiler.Profile, folder: string): Stretch[] {
  const own = ownNodes(profile, folder);
  const { samples = [], timeDeltas = [] } = profile;
  const stretches: Stretch[] = [];
  let at = profile.startTime;
  for (const [i, node] of samples.entries()) {
    at += timeDeltas[i] ?? 0;
    // A sample stands for the time up to the next one.
    const length = Math.min(longestGap, timeDeltas[i + 1] ?? interval);
    if (own.has(node)) stretches.push({ at, length });
  }
  return stretches;
}

/** Nodes of the profile's tree in whose stack the extension is. */
function ownNodes({ nodes }: Profiler.Profile, folder: string): ReadonlySet<number> {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const own = new Set<number>();
  const add = (id: number): void => {
    if (own.has(id)) return;
    own.add(id);
    for (const child of byId.get(id)?.children ?? []) add(child);
  };
  for (const { id, callFrame } of nodes) {
    if (callFrame.url.includes(folder) || isFromEngine(callFrame)) add(id);
  }
  return own;
}

/** Messages of processes are taken apart below the code that reads them. VS Code has none that talk in this way. */
function isFromEngine({
  url,
  functionName,
}: Profiler.Profile['nodes'][number]['callFrame']): boolean {
  if (url.startsWith('node:internal/child_process/')) return true;
  return url === 'node:internal/child_process' && functionName.endsWith('onread');
}
