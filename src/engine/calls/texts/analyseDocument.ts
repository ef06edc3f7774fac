// The strongest features of the tokens of a document, sent on as they become known.
import type { CallContext } from '../../../shared/call.ts';
import type { AnalyseParams, AnalysisSummary, TokenBatch } from '../../../shared/engineProtocol.ts';
import { breathe } from '../../analysis/analysedWindow.ts';
import type { OpenSource } from '../../sources/openSource.ts';

/** @throws MonosemError `cancelled`, `badArgument` for a followed feature of an SAE that is not active */
export async function analyseDocument(
  open: OpenSource,
  params: AnalyseParams,
  context: CallContext<TokenBatch>,
): Promise<AnalysisSummary> {
  const { encoder, analyser } = open.documents.open(params);
  const { text, visible, extent = 'all', known } = params;
  const breath = breathe(context);
  const encoded = await encoder.encode(text, breath);
  const followed = open.followed(params);
  return analyser.analyse(
    {
      ...{ text, encoded, extent, known: new Set(known) },
      ...(visible === undefined ? {} : { visible }),
      ...(followed === undefined ? {} : { followed }),
    },
    {
      emit: ({ readings, ...batch }) => {
        context.progress({ ...batch, readings: open.named(readings) });
      },
      seen: () => context.relax?.(),
      breath,
    },
  );
}
