// The HTML of a web view: a strict content policy, the bundled script and style, and the words of the user's language
// as data that the script reads. Without VS Code.

/** English text and its translation. */
export type Texts = Readonly<Record<string, string>>;

export interface ViewDocument {
  readonly title: string;
  /** Known to this page alone: only scripts that carry it run. */
  readonly nonce: string;
  /** Where styles, fonts and pictures may come from. */
  readonly cspSource: string;
  readonly script: string;
  readonly style: string;
  /** Language of the texts, as BCP 47 has it. */
  readonly language: string;
  /** `undefined` where the texts are English. */
  readonly texts: Texts | undefined;
}

/** Id of the element whose text is the translation, as JSON; webview/common/translation.ts reads it. */
const textsId = 'texts';

export function viewDocument(view: ViewDocument): string {
  const { nonce, cspSource, texts } = view;
  // The control library asks for the nonce under this name when it adds styles.
  const noncePolicy = `'nonce-${nonce}'`;
  const policy = [
    ['default-src', "'none'"],
    ['script-src', noncePolicy],
    ['style-src', cspSource, noncePolicy],
    ['font-src', cspSource],
    ['img-src', cspSource, 'data:'],
  ]
    .map((directive) => directive.join(' '))
    .join('; ');
  return `<!DOCTYPE html>
<html lang="${escaped(view.language)}">
<head>
<meta charset="UTF-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta property="csp-nonce" content="${nonce}">
<meta name="viewport" content="width=device-width, initial-scale=1.0">
<link rel="stylesheet" href="${escaped(view.style)}">
<title>${escaped(view.title)}</title>
</head>
<body>
<main id="app"></main>
${texts === undefined ? '' : `<script type="application/json" id="${textsId}">${json(texts)}</script>`}
<script nonce="${nonce}" src="${escaped(view.script)}"></script>
</body>
</html>`;
}

/** Inside a script element only `<` can end or change what is read. */
function json(texts: Texts): string {
  return JSON.stringify(texts).replaceAll('<', '\\u003c');
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
};

function escaped(text: string): string {
  return text.replaceAll(/[&<>"]/g, (character) => entities[character] ?? character);
}
