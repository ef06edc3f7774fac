// No text is forgotten: in a language that puts every text into brackets, no word stands outside of them.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { commandTitle, pickerTitle } from '../../../src/host/commands/commandTitle.ts';
import { diagnosticsText } from '../../../src/host/display/diagnosticsText.ts';
import { saeItems } from '../../../src/host/display/saeItems.ts';
import { sizeText } from '../../../src/host/display/size.ts';
import { variantItems } from '../../../src/host/display/variantText.ts';
import { hardLimitKB, suitability } from '../../../src/host/documents/suitability.ts';
import { actionsAfter } from '../../../src/host/failures/failureActions.ts';
import { modelChoices, saeChoices, typedChoice } from '../../../src/host/hub/choices.ts';
import { addedSentence, progressReports } from '../../../src/host/hub/downloadText.ts';
import { tokenProblem } from '../../../src/host/hub/hub.ts';
import { endpointOf } from '../../../src/host/hub/hubPlace.ts';
import { removalChoices, saeOfferChoices, variantChoices } from '../../../src/host/hub/offers.ts';
import { readModelRequest, readSaeRequest } from '../../../src/host/hub/requests.ts';
import { MonosemError, errorCodes, messageOf } from '../../../src/shared/errors.ts';
import type { Download } from '../../../src/shared/hubProtocol.ts';
import { useTranslation } from '../../../src/shared/l10n.ts';
import { neuronsOfBlock } from '../../../src/shared/saePlace.ts';
import { featureIndex } from '../../../src/shared/units.ts';
import { visibleToken } from '../../../webview/common/tokenText.ts';
import { editText, targetName } from '../../../webview/steer/edits/editText.ts';
import { noEdit } from '../../../webview/steer/draft/edit/draftEdit.ts';
import { askedRun } from '../../../webview/steer/run/runState.ts';
import type { RunStep } from '../../../webview/steer/run/runStep.ts';
import { runText } from '../../../webview/steer/run/runText.ts';
import { foreign, speakPseudo, stringsIn, untranslated } from '../pseudoLanguage.ts';
import { diagnostics, report } from './diagnosticsReport.ts';

beforeAll(speakPseudo);
afterAll(() => {
  useTranslation(() => undefined);
});

/** @param allowed names that are the same in every language */
function expectTranslated(value: unknown, allowed: readonly string[] = []): void {
  const texts = stringsIn(value);
  expect(texts.some((text) => text.includes('⟦'))).toBe(true);
  const words = texts.flatMap(untranslated).filter((word) => !allowed.includes(word));
  expect(words).toEqual([]);
}

test('the brackets find a forgotten word, and values inside texts are no excuse', () => {
  expect(untranslated('⟦a ⟦b⟧ c⟧ forgotten ⟦d⟧')).toEqual(['forgotten']);
  expect(untranslated('⟦all ⟦of⟧ it⟧ · 字字 1.5')).toEqual([]);
});

test('diagnostics', () => {
  const providers = ['CPU', 'CUDA', 'WebGPU'];
  expectTranslated(diagnosticsText(foreign(report)), providers);
  const at = new Date('2026-11-22T18:59:58Z');
  const exits = [
    { how: 'signal', detail: '9' },
    { how: 'code', detail: '1' },
    { how: 'error', detail: '字' },
  ] as const;
  const figures = { tokens: 512, fvu: 2.1, l0: 30, deadShare: 0.5, cosine: 0.9 };
  const check = foreign({
    ...{ name: 'b', folder: 'b', site: 'b', expectedL0: 32, passes: false, verdict: 'b' },
    remarks: ['b'],
    trials: [{ changes: 'nothing', how: '字', figures } as const],
  });
  const facts = foreign({
    ...{ sae: 'b', name: 'b', site: 'b', architecture: 'b', features: 4096 },
    hasFeatureStore: false,
  });
  const { platform, versions, providers: known } = diagnostics;
  const machine = { platform, versions, providers: known };
  for (const state of ['stopped', 'starting', 'running', 'crashed', 'givenUp'] as const) {
    const troubled = foreign({
      ...report,
      saes: [{ sae: 'a', isPainted: true, facts, check, failure: 'c' }, ...report.saes],
      diagnostics: state === 'stopped' ? undefined : machine,
      engine: { state, crashes: exits.map((exit) => ({ at, exit })) },
    });
    expectTranslated(diagnosticsText(troubled), providers);
  }
});

test('lists of variants and SAEs, and sizes', () => {
  const variants = foreign([
    { variant: 'a', description: 'b', bytes: 5e8 },
    { variant: 'c', description: 'd', bytes: 1e6 },
  ]);
  expectTranslated(variantItems(variants, ''));
  const [{ label, detail } = {}] = saeItems([neuronsOfBlock(2)], new Map());
  expectTranslated([label, detail]);
  for (const bytes of [1, 2, 3e3, 3e6, 3e9, 3e12]) expectTranslated(sizeText(bytes));
});

test('downloads', () => {
  const model: Download = {
    ...foreign({ id: 'a/b', repo: 'a/b', place: '/c', variant: 'd', bytes: 5 }),
    kind: 'model',
  };
  const sae: Download = { ...model, kind: 'sae', id: '字/字/二' };
  const known = {
    catalogue: foreign({
      models: [
        { id: 'g', name: 'g', original: 'g/g', onnx: 'a/b' },
        { id: 'hh', name: 'h', original: 'h/h' },
      ],
      saes: [
        {
          ...{ id: 's', name: 's', model: 'g', repo: 'a/b', path: 'p' },
          ...{ site: 'x', features: 24_576, bytes: 5 },
        },
      ],
    }),
    downloads: [model, sae],
  };
  expectTranslated(modelChoices(known));
  expectTranslated(saeChoices(known, '字'));
  for (const typed of ['字/字', '字/', '1/2/3', '1/2']) expectTranslated(typedChoice(typed, '字'));
  const offer = foreign({
    repo: 'a',
    commit: 'a',
    missing: [],
    saes: [{ path: 'a', layer: 1, bytes: 5 }],
  });
  expectTranslated(saeOfferChoices(offer, { repo: '字' }));
  const variants = foreign([{ variant: 'a', description: 'b', bytes: 5 }]);
  expectTranslated(variantChoices({ ...offer, variants }, { repo: '字' }));
  expectTranslated(
    removalChoices(known.downloads, [sae.place]).map(({ section, description }) => [
      section,
      description,
    ]),
  );
  for (const isOffline of [true, false]) {
    expectTranslated(addedSentence({ ...model, isOffline }));
    expectTranslated(addedSentence({ ...model, isOffline }, { name: '字' }));
  }
  expectTranslated(progressReports()({ file: '字', done: 1, total: 2 }));
});

test('failures, and what can be done about them', () => {
  const { reason: empty } = suitability('', 1);
  const { reason: binary } = suitability('\0', 1);
  const { reason: large } = suitability('x'.repeat(hardLimitKB * 1024 + 1), 1);
  expectTranslated([empty, binary, large].map(messageOf));
  expectTranslated(tokenProblem('a b'));
  const refused = [
    () => endpointOf({ endpoint: 'x', cacheFolder: '', environment: {} }),
    () => readModelRequest({ repo: 1 }),
    () => readModelRequest({ repo: '1/1', variant: 1 }),
    () => readModelRequest({ repo: '1/1', use: 1 }),
    () => readSaeRequest({ repo: '1/1', path: 1 }),
    () => readSaeRequest({ repo: '1/1', model: 1 }),
    () => readSaeRequest({ repo: '1/1', use: 1 }),
  ].map((ask) => {
    try {
      ask();
    } catch (error) {
      return messageOf(error);
    }
    throw new Error('not refused');
  });
  expectTranslated(refused);
  for (const code of errorCodes) {
    const actions = actionsAfter(new MonosemError(code, ''));
    expectTranslated([...actions.map(commandTitle), ...actions.map(pickerTitle)]);
  }
});

test('words of the views that need no page', () => {
  const ref = { sae: '/s', feature: featureIndex(3) };
  const settings = { maxTokens: 3, temperature: 0, seed: 1 } as const;
  const asked = askedRun({ kind: 'run', run: 1, prompt: '', edits: [], settings }, undefined);
  const step: RunStep = { sample: 0, step: 0, kl: 0.5 };
  for (const phase of ['asked', 'running', 'stopped', 'failed', 'finished'] as const) {
    const sample = { steps: [step], earlierBaseline: [] };
    expectTranslated(runText({ ...asked, phase, samples: [sample] }));
    expectTranslated(runText({ ...asked, phase, samples: [{ ...sample, steps: [step, step] }] }));
    expectTranslated(runText({ ...asked, phase, samples: [sample, sample] }));
  }
  expectTranslated(runText({ ...asked, phase: 'finished' }));
  for (const operation of ['ablate', 'scale', 'clamp', 'add', 'project', 'cap'] as const) {
    for (const unit of ['activation', 'max', 'residual'] as const) {
      const edit = { ...noEdit(ref), operation, unit, amount: 2, ranges: '4' };
      const gated = { ...edit, onlyWhile: { sae: '/s', number: '4' } };
      const sizes = { activation: 1 };
      expectTranslated([
        editText(edit, { yardstick: 8, sizes: { ...sizes, max: 8 } }),
        editText(gated, { yardstick: 0, sizes }),
      ]);
    }
  }
  const calm = { name: 'calm', site: 'blocks.2.hook_resid_post' };
  for (const operation of ['add', 'project', 'cap'] as const) {
    for (const unit of ['direction', 'residual'] as const) {
      const edit = { ...noEdit(calm), operation, unit, amount: 2 };
      expectTranslated([
        editText(edit, { yardstick: 8, sizes: { direction: 2, residual: 16 } }),
        editText(edit, { yardstick: 2, sizes: { direction: 2 } }),
      ]);
    }
  }
  expectTranslated([targetName(ref), targetName(calm)]);
  expectTranslated(visibleToken(''));
});
