import { describe, expect, test } from 'vitest';
import { viewDocument } from '../../../src/host/views/viewDocument.ts';

const view = {
  title: 'Steer',
  nonce: 'n0nce',
  cspSource: 'https://view.test',
  script: 'https://view.test/steer.js',
  style: 'https://view.test/steer.css',
  language: 'en',
  texts: undefined,
};

describe('the document of a view', () => {
  test('lets nothing run but scripts with its nonce', () => {
    const html = viewDocument(view);
    const policy = /Content-Security-Policy" content="([^"]*)"/.exec(html)?.[1]?.split('; ');
    expect(policy).toEqual([
      "default-src 'none'",
      "script-src 'nonce-n0nce'",
      "style-src https://view.test 'nonce-n0nce'",
      'font-src https://view.test',
      'img-src https://view.test data:',
    ]);
    expect(html.match(/<script[^>]*>/g)).toEqual([
      '<script nonce="n0nce" src="https://view.test/steer.js">',
    ]);
  });

  test('names its language, and carries the translation as data', () => {
    const texts = { Run: 'Los', 'a < b': '</script><script>alert(1)</script>' };
    const html = viewDocument({ ...view, language: 'de', texts });
    expect(html).toContain('<html lang="de">');
    const data = /<script type="application\/json" id="texts">(.*)<\/script>/.exec(html)?.[1] ?? '';
    expect(data).not.toContain('<');
    expect(JSON.parse(data)).toEqual(texts);
  });

  test('a title is text', () => {
    expect(viewDocument({ ...view, title: '</title><b>"&' })).toContain(
      '<title>&lt;/title&gt;&lt;b&gt;&quot;&amp;</title>',
    );
  });
});
