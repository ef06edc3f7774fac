// The chat template of a model: messages to the prompt it was trained on, as transformers' apply_chat_template renders
// them. Templates come with downloaded models and are not trusted: they reach no file, and one that does not end is
// stopped.
import path from 'node:path';
import vm from 'node:vm';
import { MonosemError, messageOf } from '../../shared/errors.ts';
import { exists, readTextFile } from '../files/files.ts';
import { renderJinja } from './jinja.ts';
import { readOptionalJson, readSpecialTokens } from './specialTokens.ts';
import { strftime } from './strftime.ts';

export interface ChatMessage {
  /** `system`, `user`, `assistant`; some templates know others. */
  readonly role: string;
  readonly content: string;
}

/** A template renders in a millisecond; what takes this long does not end. */
const timeLimitMs = 2000;
/** Longest list that `range` makes, and longest prompt in UTF-16 units: far above any real one. */
const longestRange = 100_000;
const longestPrompt = 4_000_000;

export class ChatTemplate {
  readonly #source: string;
  /** Names the template in error messages. */
  readonly #file: string;
  readonly #tokens: ReadonlyMap<string, string>;

  /**
   * From chat_template.jinja, tokenizer_config.json or chat_template.json, whichever is first to have one. Of several
   * named templates `default`, else the first.
   * @returns undefined for a model without a template
   */
  static async load(folder: string): Promise<ChatTemplate | undefined> {
    const found = (await ownFile(folder)) ?? (await inConfiguration(folder));
    if (found === undefined) return undefined;
    return new ChatTemplate(found.source, found.file, await readSpecialTokens(folder));
  }

  private constructor(source: string, file: string, tokens: ReadonlyMap<string, string>) {
    this.#source = source;
    this.#file = file;
    this.#tokens = tokens;
  }

  /**
   * The prompt, BOS included where the template writes one: encode it as it is and put nothing in front.
   * @param addGenerationPrompt end with what begins the assistant's answer
   * @throws MonosemError `unsupportedModel` with what the template complained about
   */
  render(
    messages: readonly ChatMessage[],
    { addGenerationPrompt }: { readonly addGenerationPrompt: boolean },
  ): string {
    try {
      const prompt = withinTime(() =>
        renderJinja(this.#source, {
          ...globals(),
          ...Object.fromEntries(this.#tokens),
          messages,
          tools: null,
          documents: null,
          add_generation_prompt: addGenerationPrompt,
        }),
      );
      if (prompt.length > longestPrompt) throw new Error('it made an endless prompt');
      return prompt;
    } catch (cause) {
      throw new MonosemError(
        'unsupportedModel',
        `The chat template in ${this.#file} could not be used (${messageOf(cause)}); continue plain text instead, or correct the template.`,
        { cause },
      );
    }
  }
}

interface FoundTemplate {
  readonly source: string;
  readonly file: string;
}

async function ownFile(folder: string): Promise<FoundTemplate | undefined> {
  const file = path.join(folder, 'chat_template.jinja');
  if (!(await exists(file))) return undefined;
  return { source: await readTextFile(file, 'The chat template'), file };
}

async function inConfiguration(folder: string): Promise<FoundTemplate | undefined> {
  for (const name of ['tokenizer_config.json', 'chat_template.json']) {
    const source = sourceOf((await readOptionalJson(folder, name))['chat_template']);
    if (source !== undefined) return { source, file: path.join(folder, name) };
  }
  return undefined;
}

/** A template is written as its text or as a list of `{name, template}`. */
function sourceOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  if (!Array.isArray(value)) return undefined;
  const named = (value as readonly unknown[]).filter(isNamedTemplate);
  return (named.find(({ name }) => name === 'default') ?? named[0])?.template;
}

function isNamedTemplate(
  value: unknown,
): value is { readonly name: string; readonly template: string } {
  if (typeof value !== 'object' || value === null) return false;
  const { name, template } = value as Readonly<Record<string, unknown>>;
  return typeof name === 'string' && typeof template === 'string';
}

/** Runs synchronous work and stops it when it does not end: V8 interrupts whatever a script has called. */
function withinTime(work: () => string): string {
  const result: unknown = vm.runInNewContext('work()', { work }, { timeout: timeLimitMs });
  return String(result);
}

/** What transformers offers to templates besides the language itself. */
function globals(): Readonly<Record<string, unknown>> {
  return {
    raise_exception: (message: unknown): never => {
      throw new Error(String(message));
    },
    strftime_now: (format: string): string => strftime(new Date(), format),
    range,
  };
}

/** Python's range. @throws when it would be longer than any template needs */
function range(first: number, second?: number, step = 1): number[] {
  const [from, to] = second === undefined ? [0, first] : [first, second];
  const length = Math.max(0, Math.ceil((to - from) / step));
  if (!(length <= longestRange)) throw new Error(`range of ${length} elements`);
  return Array.from({ length }, (_, index) => from + index * step);
}
