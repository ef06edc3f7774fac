// Jinja with globals of our own: the library's `Template` fixes its set of them, `range` without a limit among them.
// The library's declarations do not resolve under Node's rules, so what is used of it is declared here.
import * as library from '@huggingface/jinja';

interface Environment {
  /** @throws when the name is taken */
  set(name: string, value: unknown): unknown;
}

interface Jinja {
  readonly tokenize: (
    source: string,
    options: { readonly lstrip_blocks: boolean; readonly trim_blocks: boolean },
  ) => unknown;
  readonly parse: (tokens: unknown) => unknown;
  readonly Environment: new () => Environment;
  readonly Interpreter: new (environment: Environment) => {
    run(program: unknown): { readonly value: unknown };
  };
}

const jinja = library as unknown as Jinja;

/** What a template can name without being given it. */
const constants = { true: true, false: false, none: null, True: true, False: false, None: null };

/** Blocks are trimmed as transformers has them trimmed. @throws whatever the template gives reason to */
export function renderJinja(source: string, variables: Readonly<Record<string, unknown>>): string {
  const program = jinja.parse(jinja.tokenize(source, { lstrip_blocks: true, trim_blocks: true }));
  const environment = new jinja.Environment();
  for (const [name, value] of Object.entries({ ...variables, ...constants })) {
    environment.set(name, value);
  }
  return String(new jinja.Interpreter(environment).run(program).value);
}
