// `monosem sae info DIR` and `monosem sae check DIR`: what the files of an SAE say, and whether the model agrees.
import type { SaeCheck, SaeInfo } from '../../shared/saeCheck.ts';
import { MonosemError } from '../../shared/errors.ts';
import { readUserText } from '../../engine/engine.ts';
import type { Command, CommandContext, Output } from '../command.ts';
import { choiceOf, modelOptions, saePlaceOf } from '../options.ts';
import { table } from '../table.ts';

export const sae: Command = {
  argument: 'info|check DIR',
  usage: 'sae info|check DIR [--text FILE]',
  summary:
    'what the files of an SAE say; whether it reconstructs the model with them, and if not, why',
  options: { ...modelOptions, text: { type: 'string' } },
  negative: 'the SAE does not fit',
  run(context) {
    const [action, folder] = context.args.positionals;
    if (action !== 'info' && action !== 'check') {
      throw new MonosemError(
        'badArgument',
        `sae takes info or check and then a folder, not "${action ?? ''}"; see "monosem help sae".`,
      );
    }
    if (folder === undefined) {
      throw new MonosemError('badArgument', 'DIR is missing; see "monosem help sae".');
    }
    return action === 'info' ? info(context, folder) : check(context, folder);
  },
};

async function info({ engine, args, root }: CommandContext, folder: string): Promise<Output> {
  const facts = await engine.saeInfo(saePlaceOf(folder), choiceOf(args, root));
  return { json: facts, text: describe(facts) };
}

async function check(
  { engine, args, root, status }: CommandContext,
  folder: string,
): Promise<Output> {
  const file = args.text('text');
  const text = file === undefined ? {} : { text: await readUserText(file) };
  const place = saePlaceOf(folder);
  const source = { ...choiceOf(args, root), saes: [place] };
  const result = await engine.checkSae(
    { source, sae: place, ...text },
    {
      signal: { aborted: false },
      progress: ({ how }) => {
        status(how);
      },
    },
  );
  return { json: result, text: report(result), ...(result.passes ? {} : { isNegative: true }) };
}

function describe(facts: SaeInfo): string {
  const yes = (is: boolean): string => (is ? 'yes' : 'no');
  const isTranscoder = facts.site !== facts.outputSite;
  const rows = [
    ['name', facts.name],
    ['weights', facts.weightsFile],
    ['format', facts.format],
    ['architecture', facts.architecture],
    ['trained on', facts.modelName ?? 'not said'],
    ['context', facts.contextSize === undefined ? 'not said' : `${facts.contextSize} tokens`],
    ['site', facts.site],
    ...(isTranscoder ? [['writes', facts.outputSite]] : []),
    ['width', facts.D === facts.DOut ? String(facts.D) : `${facts.D} to ${facts.DOut}`],
    ['features', String(facts.F)],
    ['activation', facts.activation],
    ['normalisation', facts.inputNormalisation],
    ['rows centred', facts.centred ? 'yes, unless the model has RMSNorm' : 'no'],
    ['b_dec subtracted', yes(facts.bDecSubtracted)],
    ['decoder norms in units', yes(facts.rescaledByDecoderNorm)],
    ['skip connection', yes(facts.hasSkip)],
    ['BOS in front', describeBos(facts)],
    ['stored as', facts.weightTypes.join(', ') || 'nothing: feature i is entry i of the site'],
  ];
  return table([{ title: 'fact' }, { title: 'value' }], rows);
}

function describeBos({ prependsBos }: SaeInfo): string {
  if (prependsBos === 'tokenizer') return "as the model's tokenizer does";
  return prependsBos ? 'yes' : 'no';
}

function report({ name, verdict, passes, expectedL0, remarks, trials }: SaeCheck): string {
  const rows = trials.map(({ how, figures: { fvu, l0, deadShare, cosine } }) => [
    how,
    fvu.toFixed(3),
    l0.toFixed(1),
    `${(deadShare * 100).toFixed(0)} %`,
    cosine.toFixed(3),
  ]);
  const right = { align: 'right' } as const;
  const found = [`${name}: ${passes ? 'fits' : 'does not fit'}`, verdict, ...remarks];
  if (rows.length === 0) return found.join('\n');
  return [
    ...found,
    ...(expectedL0 === undefined ? [] : [`Its files promise an L0 of ${expectedL0}.`]),
    '',
    table(
      [
        { title: 'tried' },
        { title: 'FVU', ...right },
        { title: 'L0', ...right },
        { title: 'silent', ...right },
        { title: 'cosine', ...right },
      ],
      rows,
    ),
  ].join('\n');
}
