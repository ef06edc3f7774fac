// Everything the engine can say about a machine and, when asked, about one model on it: how it was opened, where it
// runs and why, and whether the overlay leaves it as it is. A model that cannot be opened is part of the answer.
import path from 'node:path';
import type { Diagnostics, ModelDiagnostics, Timing } from '../../../shared/diagnostics.ts';
import type { ModelChoice, ModelVariant } from '../../../shared/engineProtocol.ts';
import { MonosemError, messageOf } from '../../../shared/errors.ts';
import { listVariants } from '../../model/bundle/variants.ts';
import { openModel, type OpenModel } from '../../model/openModel.ts';
import { placeModel, requestOf } from '../../model/placement.ts';
import { runSelfTest } from '../../model/selfTest.ts';
import { timerInto } from '../../model/timer.ts';
import { weightTypes } from '../../model/weightTypes.ts';
import { toNumber } from '../../onnx/proto/schema.ts';
import type { ProviderChooser } from '../../onnx/runtime/executionProviders.ts';
import { machineFacts } from './machineFacts.ts';

/** @param breath awaited between pieces of work; its `cancelled` is the only failure that is not part of the answer */
export async function diagnose(
  choice: ModelChoice | undefined,
  chooser: ProviderChooser,
  breath: () => Promise<void>,
): Promise<Diagnostics> {
  const machine = machineFacts();
  if (choice === undefined) return machine;
  try {
    return { ...machine, model: await diagnoseModel(choice, chooser, breath) };
  } catch (error) {
    if (MonosemError.is(error, 'cancelled')) throw error;
    return { ...machine, failure: messageOf(error) };
  }
}

async function diagnoseModel(
  choice: ModelChoice,
  chooser: ProviderChooser,
  breath: () => Promise<void>,
): Promise<ModelDiagnostics> {
  const timings: Timing[] = [];
  const time = timerInto(timings);
  const folder = path.resolve(choice.model);
  const opened = await openModel(folder, choice.variant, time);
  const variants = await listVariants(folder);
  await breath();
  const request = requestOf(choice);
  const placed = await time('choose the provider', () => placeModel(opened, chooser, request));
  await breath();
  const selfTest = await runSelfTest(placed.model, time, breath);
  return {
    ...factsOf(opened),
    variants: variants.map(({ variant }) => variant),
    variantReason: whyVariant(choice, variants),
    execution: placed.report,
    selfTest,
    timings,
  };
}

function whyVariant({ variant }: ModelChoice, variants: readonly ModelVariant[]): string {
  if (variant !== undefined) return 'It was asked for.';
  const [first] = variants;
  if (variants.length === 1 || first === undefined) return 'It is the only one in the folder.';
  return `It is the first of ${variants.length} (${first.description}): full precision comes before half, 8 bits and 4.`;
}

type Facts = Omit<
  ModelDiagnostics,
  'variants' | 'variantReason' | 'execution' | 'selfTest' | 'timings'
>;

function factsOf({ name, folder, variant, config, sites, onnx }: OpenModel): Facts {
  const { producerName = '', producerVersion = '', opsetImport = [] } = onnx.proto;
  return {
    name,
    folder,
    variant,
    architecture: config.architecture,
    layers: sites.layers,
    dModel: config.dModel,
    blocks: sites.blockKind,
    sites: sites.sites.size,
    kvCache: sites.inputs.past.length > 0,
    dynamicallyQuantized: sites.dynamicallyQuantized,
    weights: weightTypes(onnx),
    producer: `${producerName} ${producerVersion}`.trim() || 'unknown',
    opsets: opsetImport.map(({ domain, version }) => ({
      domain: domain === undefined || domain === '' ? 'ai.onnx' : domain,
      version: toNumber(version),
    })),
  };
}
