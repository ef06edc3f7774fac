// How long 10,000 coloured tokens take, in a real VS Code: from switching the colours on, where the tokens are known, to
// the last of them handed over, and to colours on the screen.
import { runInEditor, type Shown } from './editorBench.ts';
import type { PaintingReport } from './editorReport.ts';
import type { Effort } from './options.ts';
import type { BenchResult } from './result.ts';
import { single } from './statistics.ts';
import { embeddedTokenizer, stories } from './subjects.ts';
import { firstTokens } from './text.ts';

const painted = 10_000;
/** Some tokens have no colour: blanks, and those on which no feature is active. */
const tokens = 11_000;

export async function benchPainting({ paintings }: Effort): Promise<readonly BenchResult[]> {
  const text = inLongLines(await firstTokens(await embeddedTokenizer(), stories(), tokens));
  const file = 'painted.txt';
  const { report, shown } = await runInEditor(
    { typing: [], keystrokes: 0, pauses: 0, painting: { file, tokens: painted, times: paintings } },
    new Map([[file, text]]),
  );
  const { painting } = report;
  if (painting === undefined) throw new Error('nothing was painted');
  const about = { model: `${painting.ranges} ranges`, unit: 'ms' } as const;
  return [
    single({ ...about, name: 'paintOwn', what: 'our time in the extension host' }, painting.own),
    single(
      { ...about, name: 'paintSent', what: 'until VS Code has all of them' },
      painting.handedOver,
    ),
    single(
      { ...about, name: 'paintShown', what: 'until colours are on the screen' },
      untilShown(painting, shown),
    ),
  ];
}

/** Few enough lines that all of them are painted at once. */
function inLongLines(text: string): string {
  return text.replaceAll(/(.+)\n(.+)\n(.+)\n(.+)\n/g, '$1 $2 $3 $4\n');
}

/** From each question to the first frame behind it in which as many stretches are coloured as were in the end. */
function untilShown({ askedAt }: PaintingReport, shown: readonly Shown[]): number[] {
  return askedAt.map((asked, n) => {
    const until = askedAt[n + 1] ?? Infinity;
    const [first] = shown.filter(({ at, count }) => at >= asked && at < until && count > 0);
    return (first?.at ?? NaN) - asked;
  });
}
