// A file of 2 MB, of which the editor asks for what is seen: opened, edited where somebody looks, and scrolled to places
// that nobody has looked at.
import { Engine } from '../src/engine/engine.ts';
import { OpenFile } from './openFile.ts';
import type { Effort } from './options.ts';
import type { BenchResult } from './result.ts';
import { single } from './statistics.ts';
import { embeddedSource, stories } from './subjects.ts';

const megabytes = 2;
/** Characters that are typed, and places that are scrolled to, per opening. */
const repeats = 7;
const about = { model: `${megabytes} MB`, unit: 'ms' } as const;

/** Stories under other names, so that no window is there twice. */
export function longText(): string {
  const names = ['Tim', 'Tom', 'Max', 'Sam', 'Ben'];
  const parts = names.map((name) => stories().replaceAll(/\b(Tim|Lily|Lucy|Spot)\b/g, name));
  return parts.join('\n').slice(0, megabytes * 2 ** 20);
}

export async function benchLargeFile({ processes }: Effort): Promise<readonly BenchResult[]> {
  const times = { opened: [] as number[], edited: [] as number[], scrolled: [] as number[] };
  const source = embeddedSource();
  const text = longText();
  for (let round = 0; round < processes; round++) {
    const engine = Engine.create();
    await new OpenFile({ engine, source, name: 'warm-up', text: text.slice(0, 4000) }).analyse();
    const file = new OpenFile({ engine, source, name: 'file', text, extent: 'visible' });
    times.opened.push((await file.analyse()).first);
    for (let i = 0; i < repeats; i++) {
      file.type('x');
      times.edited.push((await file.analyse()).first);
    }
    for (let i = 0; i < repeats; i++) {
      // Never the middle, where it was opened and all is known.
      file.goTo((i + 0.5) / (repeats + 3));
      times.scrolled.push((await file.analyse()).first);
    }
    await engine.dispose();
  }
  return [
    single({ ...about, name: 'largeOpened', what: 'opened, first colours' }, times.opened),
    single(
      { ...about, name: 'largeEdited', what: 'a character typed, first colours' },
      times.edited,
    ),
    single({ ...about, name: 'largeScrolled', what: 'scrolled, first colours' }, times.scrolled),
  ];
}
