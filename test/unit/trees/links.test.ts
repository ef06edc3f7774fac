// Links are written for other machines and read from anywhere: what is read is what was written, and what else comes is
// refused or changes nothing.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { quoted } from '../../../src/host/display/quoted.ts';
import { featureLink, readLink } from '../../../src/host/links/link.ts';
import { nameInLink, saesNamed } from '../../../src/host/links/linkedSae.ts';
import { readOffset } from '../../../src/host/commands/place.ts';
import { featureIndex } from '../../../src/shared/units.ts';

/** VS Code decodes path and query once before a handler gets them. */
function asHandled(link: string): { path: string; query: string } {
  const [path = '', query = ''] = link.split('?');
  return { path: decodeURIComponent(path), query: decodeURIComponent(query) };
}

/** What takes links apart, and what looks like half of an escape. */
const awkward = Array.from('&=?#%+/\:;. [](){}<>"\'`~2Ff');
const anyText = fc.oneof(
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 60 }),
  fc.string({ unit: fc.constantFrom(...awkward), minLength: 1, maxLength: 40 }),
);

test('a link to a feature is read as it was written, whatever the names are', () => {
  const feature = fc.integer({ min: 0, max: 2 ** 31 - 1 }).map(featureIndex);
  fc.assert(
    fc.property(feature, fc.option(anyText, { nil: undefined }), anyText, (id, sae, model) => {
      const named = { feature: id, ...(sae !== undefined && { sae }), model };
      expect(readLink(asHandled(featureLink(named)))).toEqual({ kind: 'feature', ...named });
    }),
  );
});

test('half a character in a name does not keep a link from being made', () => {
  const link = featureLink({ feature: featureIndex(1), sae: 'a\ud800b' });
  expect(readLink(asHandled(link))).toEqual({ kind: 'feature', feature: 1, sae: 'a�b' });
});

test('names that SAEs have can be read in the link', () => {
  expect(
    featureLink({
      feature: featureIndex(57),
      sae: 'blocks.2.hook_resid_post',
      model: 'stories15M',
    }),
  ).toBe('/feature?feature=57&sae=blocks.2.hook_resid_post&model=stories15M');
});

test.each([
  ['/feature', 'feature=57', { kind: 'feature', feature: 57 }],
  ['/feature', 'feature=57&sae=a%26b', { kind: 'feature', feature: 57, sae: 'a&b' }],
  ['/feature', 'feature=57&sae=100%', { kind: 'feature', feature: 57, sae: '100%' }],
  ['/feature', 'windowId=_blank&feature=57&utm=x', { kind: 'feature', feature: 57 }],
  ['/view', 'kind=surprise', { kind: 'view', view: { kind: 'surprise' } }],
  ['/view', 'kind=neurons&block=2', { kind: 'view', view: { kind: 'neurons', block: 2 } }],
  ['/view', 'kind=feature&feature=5&sae=x', { kind: 'occurrences', feature: 5, sae: 'x' }],
  ['/token', 'offset=12', { kind: 'token', offset: 12 }],
])('%s?%s is understood', (path, query, link) => {
  expect(readLink({ path, query })).toEqual(link);
});

test.each([
  ['/', ''],
  ['', 'feature=57'],
  ['feature', 'feature=57'],
  ['/Feature', 'feature=57'],
  ['/feature/../view', 'kind=surprise'],
  ['/feature/', 'feature=57'],
  ['//feature', 'feature=57'],
  ['/feature', ''],
  ['/feature', 'feature='],
  ['/feature', 'feature=-1'],
  ['/feature', 'feature=1e3'],
  ['/feature', 'feature=0x10'],
  ['/feature', 'feature= 57'],
  ['/feature', 'feature=5.7'],
  ['/feature', 'feature=2147483648'],
  ['/feature', 'feature=99999999999999999999999'],
  ['/feature', 'feature=NaN'],
  ['/feature', 'feature=57&feature=58'],
  ['/feature', 'feature=57&sae=a&sae=b'],
  ['/feature', 'feature=57&sae='],
  ['/feature', `feature=57&sae=${'a'.repeat(1025)}`],
  ['/feature', `feature=57&x=${'a'.repeat(5000)}`],
  ['/feature', 'Feature=57'],
  ['/feature', '__proto__=57'],
  ['/view', 'kind=neurons'],
  ['/view', 'kind=neurons&block=99999'],
  ['/view', 'kind=constructor'],
  ['/view', 'kind=feature'],
  ['/token', 'offset=-1'],
  ['/token', 'offset=9999999999'],
  ['/command', 'id=workbench.action.terminal.new'],
  ['/openModelFolder', 'folder=/etc'],
])('%s?%s is no link of ours', (path, query) => {
  expect(readLink({ path, query })).toBeUndefined();
});

test('whatever comes, a link is refused or names a feature, a view or a place within bounds', () => {
  const path = fc.oneof(fc.constantFrom('/feature', '/view', '/token'), fc.string());
  const part = fc.tuple(
    fc.oneof(fc.constantFrom('feature', 'sae', 'model', 'kind', 'block', 'offset'), fc.string()),
    fc.oneof(fc.nat().map(String), fc.constantFrom('surprise', 'neurons', 'feature'), fc.string()),
  );
  const query = fc
    .array(part, { maxLength: 5 })
    .map((parts) => parts.map((p) => p.join('=')).join('&'));
  fc.assert(
    fc.property(path, query, (where, what) => {
      const link = readLink({ path: where, query: what });
      if (link === undefined) return;
      if ('feature' in link) expect(link.feature).toBeLessThan(2 ** 31);
      if (link.kind === 'token') expect(readOffset(link.offset)).toBe(link.offset);
      expect(['/feature', '/view', '/token']).toContain(where);
    }),
  );
});

const own = { sae: '/home/me/saes/blocks.2', name: 'tiny', site: 'blocks.2.hook_resid_post' };
const other = { sae: '/other/blocks.2', name: 'large', site: 'blocks.2.hook_resid_post' };
const neurons = {
  sae: 'neurons:blocks.3.mlp.hook_post',
  name: 'MLP neurons of block 3',
  site: 'blocks.3.mlp.hook_post',
};

test('an SAE goes by the name of its folder, its own name, what lists call it, its site, and by no path', () => {
  const saes = [own, neurons];
  for (const name of ['blocks.2', 'tiny', 'blocks.2.hook_resid_post'])
    expect(saesNamed(name, saes)).toEqual([own.sae]);
  expect(saesNamed(neurons.sae, saes)).toEqual([neurons.sae]);
  for (const name of [own.sae, '../blocks.2', '/etc/passwd', '', 'blocks'])
    expect(saesNamed(name, saes)).toEqual([]);
  expect(saesNamed('blocks.2', [own, other])).toEqual([own.sae, other.sae]);
});

test('the name in a link means the SAE it was made for, among those that are active', () => {
  expect(nameInLink(own.sae, [own, neurons])).toBe('blocks.2');
  expect(nameInLink(neurons.sae, [own, neurons])).toBe(neurons.sae);
  expect(nameInLink(other.sae, [own, other])).toBe('large');
  const name = fc.constantFrom('a', 'b', 'c');
  const sae = fc.record({
    sae: fc.tuple(name, name).map((parts) => `/${parts.join('/')}`),
    name,
    site: name,
  });
  const saes = fc.uniqueArray(sae, { selector: (each) => each.sae, minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(saes, (active) => {
      for (const meant of active) {
        const written = nameInLink(meant.sae, active);
        expect(written).not.toContain('/');
        // Where no name is clear, it is one of several, among which is the one that is meant.
        expect(saesNamed(written, active)).toContain(meant.sae);
      }
    }),
  );
});

test('a name in a notification becomes no link and no wall of text', () => {
  expect(quoted('[click](command:monosem.restartEngine)')).not.toMatch(/\]\(/);
  expect(quoted('a\nb\u202ec')).toBe('a b�c');
  expect(quoted('x'.repeat(500))).toHaveLength(121);
});
