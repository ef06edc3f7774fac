// What typing costs the extension host, in a real one: the time that its thread is in our code per keystroke while
// somebody types 30 characters a second, and per pause, when the text is sent and the answer is taken and painted.
import { runInEditor } from './editorBench.ts';
import { longText } from './largeFile.ts';
import type { Effort } from './options.ts';
import type { BenchResult } from './result.ts';
import { quantile, single } from './statistics.ts';
import { embeddedTokenizer, stories } from './subjects.ts';
import { firstTokens } from './text.ts';

/** The default of the setting. */
const usualKB = 256;

/** Most keystrokes take less than the time between two samples of the profiler: their number gives the mean. */
const together = 10;

export async function benchTyping({ keystrokes, pauses }: Effort): Promise<readonly BenchResult[]> {
  const tokenizer = await embeddedTokenizer();
  const files = new Map([
    ['small.txt', await firstTokens(tokenizer, stories(), 10_000)],
    ['medium.txt', await firstTokens(tokenizer, stories(), 100_000)],
    ['large.txt', longText()],
  ]);
  const typing = [
    { name: '10,000 tokens', file: 'small.txt', maxFileKB: usualKB },
    { name: '100,000 tokens', file: 'medium.txt', maxFileKB: 1024 },
    { name: '2 MB, what is seen', file: 'large.txt', maxFileKB: usualKB },
  ];
  const { report } = await runInEditor({ typing, keystrokes, pauses }, files);
  return report.typing.flatMap(({ name, ...times }) => {
    const about = { model: name, unit: 'ms' } as const;
    const slowest = [quantile(times.keystrokes, 0.95)];
    const means = meansOf(times.keystrokes);
    return [
      single({ ...about, name: 'keystroke', what: 'our time per keystroke, mean of 10' }, means),
      single({ ...about, name: 'keystroke95', what: '95th percentile of that' }, slowest),
      single(
        {
          ...about,
          name: 'pause',
          what: 'asking, taking the answer and painting it, after a pause',
        },
        times.pauses,
      ),
    ];
  });
}

/** Of neighbours, `together` at a time. */
function meansOf(values: readonly number[]): number[] {
  const means: number[] = [];
  for (let from = 0; from < values.length; from += together) {
    const part = values.slice(from, from + together);
    means.push(part.reduce((sum, value) => sum + value, 0) / part.length);
  }
  return means;
}
