// What SAEs read in every token of a text, from what an analysis of the same document left behind where there is one.
import type { AnalyseParams, SaePlace } from '../../../shared/engineProtocol.ts';
import type { Breath } from '../../analysis/analysedWindow.ts';
import { copyRows, emptyTopFeatures, type TopFeatures } from '../../analysis/topFeatures.ts';
import type { OpenSource } from '../../sources/openSource.ts';
import type { EncodedText } from '../../tokenizer/tokenizer.ts';

export interface DocumentReadings {
  readonly encoded: EncodedText;
  /** In the order asked for; tokens that the extent leaves out have no active features. */
  readonly readings: readonly TopFeatures[];
}

/** @throws MonosemError `badArgument` for an SAE that is not active, `cancelled` */
export async function documentReadings(
  open: OpenSource,
  params: Omit<AnalyseParams, 'source' | 'known'>,
  saes: readonly SaePlace[],
  breath: Breath,
): Promise<DocumentReadings> {
  for (const sae of saes) open.sae(sae);
  const { text, topK, extent = 'all', visible } = params;
  const { encoder, analyser } = open.documents.open(params);
  const encoded = await encoder.encode(text, breath);
  const rows = saes.map(() => emptyTopFeatures(encoded.ids.length, topK));
  await analyser.analyse(
    { text, encoded, extent, known: new Set(), ...(visible === undefined ? {} : { visible }) },
    {
      emit: ({ from, count, readings }) => {
        for (const { sae, ...reading } of open.named(readings)) {
          const own = rows[saes.indexOf(sae)];
          if (own !== undefined) copyRows(own, from, reading, [0, count]);
        }
      },
      seen: () => undefined,
      breath,
    },
  );
  return { encoded, readings: rows };
}
