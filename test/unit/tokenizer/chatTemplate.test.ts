// Chat templates against transformers' apply_chat_template (test/golden/chatTemplates.json names the command that made
// it), where a model folder may keep its template, and what a hostile template can do.
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { ChatTemplate, type ChatMessage } from '../../../src/engine/tokenizer/chatTemplate.ts';
import { strftime } from '../../../src/engine/tokenizer/strftime.ts';
import { TextTokenizer } from '../../../src/engine/tokenizer/tokenizer.ts';

interface GoldenChat {
  readonly messages: readonly ChatMessage[];
  readonly addGenerationPrompt: boolean;
  readonly text?: string;
  readonly ids?: readonly number[];
  readonly error?: string;
}
interface GoldenTemplate {
  readonly name: string;
  readonly tokenizer: string;
  readonly template: string;
  readonly cases: readonly GoldenChat[];
}

const goldenFolder = path.join(import.meta.dirname, '..', '..', 'golden');
const golden = JSON.parse(readFileSync(path.join(goldenFolder, 'chatTemplates.json'), 'utf8')) as {
  readonly templates: readonly GoldenTemplate[];
};

const temporary = mkdtempSync(path.join(tmpdir(), 'monosem-chat-'));
afterAll(() => {
  rmSync(temporary, { recursive: true, force: true });
});

let folders = 0;
/** A model folder with these files. */
function folderOf(files: Readonly<Record<string, string | object>>): string {
  const folder = path.join(temporary, String(folders++));
  mkdirSync(folder);
  for (const [name, content] of Object.entries(files)) {
    const text = typeof content === 'string' ? content : JSON.stringify(content);
    writeFileSync(path.join(folder, name), text);
  }
  return folder;
}

async function load(files: Readonly<Record<string, string | object>>): Promise<ChatTemplate> {
  const template = await ChatTemplate.load(folderOf(files));
  if (template === undefined) throw new Error('no template');
  return template;
}

const greeting = [{ role: 'user', content: 'Hi' }];
const render = (template: ChatTemplate): string =>
  template.render(greeting, { addGenerationPrompt: true });

describe.each(golden.templates)('$name', ({ tokenizer: kind, template, cases }) => {
  const at = (name: string): string => path.join(goldenFolder, 'tokenizers', kind, name);

  test.each(cases)('$messages, $addGenerationPrompt', async (expected) => {
    const folder = folderOf({ 'chat_template.jinja': template });
    for (const name of ['tokenizer.json', 'tokenizer_config.json']) {
      copyFileSync(at(name), path.join(folder, name));
    }
    const [chat, tokenizer] = [await ChatTemplate.load(folder), await TextTokenizer.load(folder)];
    const { messages, addGenerationPrompt, text, ids, error } = expected;
    const rendered = (): string | undefined => chat?.render(messages, { addGenerationPrompt });
    if (error !== undefined) {
      expect(rendered).toThrow(expect.objectContaining({ code: 'unsupportedModel' }));
      expect(rendered).toThrow(error);
      return;
    }
    expect(rendered()).toBe(text);
    // The ids are the model's whole input: BOS is there once if the template writes it, and not at all otherwise.
    expect([...(await tokenizer.encode(rendered() ?? '')).ids]).toEqual(ids);
  });
});

describe('where a template is', () => {
  const inConfig = { 'tokenizer_config.json': { chat_template: 'config', bos_token: '<s>' } };

  test('in the configuration, as text or by name', async () => {
    expect(render(await load(inConfig))).toBe('config');
    const named = (...names: string[]): object => ({
      chat_template: names.map((name) => ({ name, template: `as ${name}` })),
    });
    const several = { 'tokenizer_config.json': named('tool_use', 'default') };
    expect(render(await load(several))).toBe('as default');
    expect(render(await load({ 'tokenizer_config.json': named('rag', 'x') }))).toBe('as rag');
  });

  test('a file of its own counts more; chat_template.json less', async () => {
    const own = { ...inConfig, 'chat_template.jinja': 'own {{ bos_token }}' };
    expect(render(await load(own))).toBe('own <s>');
    const older = { 'chat_template.json': { chat_template: 'older' } };
    expect(render(await load(older))).toBe('older');
    expect(render(await load({ ...older, ...inConfig }))).toBe('config');
  });

  test('nowhere', async () => {
    expect(await ChatTemplate.load(folderOf({}))).toBeUndefined();
    const empty = folderOf({ 'tokenizer_config.json': { chat_template: null } });
    expect(await ChatTemplate.load(empty)).toBeUndefined();
  });
});

describe('a template that does harm', () => {
  test.each([
    ['{% if %}', /could not be used/],
    ['{{ range(1000000000) | length }}', /range of 1000000000 elements/],
    ['{{ raise_exception("no, thank you") }}', /no, thank you/],
    ['{% macro f(g) %}{{ g(g) }}{% endmacro %}{{ f(f) }}', /call stack/i],
    [
      '{% set ns = namespace(s="x") %}{% for i in range(26) %}{% set ns.s = ns.s ~ ns.s %}{% endfor %}{{ ns.s }}',
      /endless prompt/,
    ],
    ['{{ messages | nofilter }}', /could not be used/],
  ])('%s', async (source, message) => {
    const template = await load({ 'chat_template.jinja': source });
    expect(() => render(template)).toThrow(message);
    expect(() => render(template)).toThrow(/chat_template\.jinja/);
  });

  test('loops in loops are stopped', async () => {
    const four = [0, 1, 2, 3].map((n) => `{% for i${String(n)} in range(99999) %}`).join('');
    const template = await load({ 'chat_template.jinja': `${four}${'{% endfor %}'.repeat(4)}` });
    const start = performance.now();
    expect(() => render(template)).toThrow(/timed out/);
    expect(performance.now() - start).toBeGreaterThan(1000);
  });

  test.each(['process', 'require', 'globalThis', 'constructor', 'messages.constructor'])(
    'sees no %s',
    async (name) => {
      const template = await load({
        'chat_template.jinja': `{{ "there" if ${name} is defined else "nothing" }}`,
      });
      expect(render(template)).toBe('nothing');
    },
  );
});

test('dates as Python writes them in the C locale', () => {
  const date = new Date(2026, 2, 5, 15, 4, 9);
  expect(strftime(date, '%d %b %Y, %A %a %B %y-%m %H:%M:%S %I %p %j %e %% %q')).toBe(
    '05 Mar 2026, Thursday Thu March 26-03 15:04:09 03 PM 064  5 % %q',
  );
});
