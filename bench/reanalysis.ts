// (c) What a keystroke costs: analysing a 1,000-token document again after its last character changed, against
// analysing it for the first time. Both through the engine, as the editor asks for it.
import { Engine } from '../src/engine/engine.ts';
import { TextTokenizer } from '../src/engine/tokenizer/tokenizer.ts';
import { charOffset } from '../src/shared/units.ts';
import { topK } from './analysisOverhead.ts';
import type { Effort } from './options.ts';
import type { BenchResult } from './result.ts';
import { compare, interleave } from './statistics.ts';
import type { Subject } from './subjects.ts';
import { editLastCharacter, firstTokens } from './text.ts';

const tokens = 1000;
/** Characters an editor shows at once, about. */
const visibleCharacters = 3000;
const idle = { signal: { aborted: false }, progress: (): void => undefined };

export async function benchEdit(subject: Subject, effort: Effort): Promise<BenchResult> {
  const { source } = subject;
  const tokenizer = await TextTokenizer.load(source.model);
  const text = await firstTokens(tokenizer, subject.text, tokens);
  const engine = Engine.create();
  const analyse = (document: string, version: number): Promise<unknown> => {
    const edited = editLastCharacter(text, version);
    const start = charOffset(Math.max(0, edited.length - visibleCharacters));
    const visible = { start, end: charOffset(edited.length) };
    return engine.analyse({ source, document, text: edited, topK, visible }, idle);
  };
  let version = 0;
  let documents = 0;
  await analyse('edited', version);
  const pairs = await interleave(
    () => analyse('edited', ++version),
    () => analyse(`fresh ${documents++}`, 0),
    { warmUp: 2, rounds: effort.rounds },
  );
  await engine.dispose();
  return compare(
    {
      ...{ name: 'edit', model: subject.name, unit: 'ms' },
      monosem: `last character of ${tokens} tokens changed`,
      reference: 'first analysis',
    },
    pairs,
  );
}
