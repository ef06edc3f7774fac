// `monosem sweep --prompt TEXT --edit …`: one edit at several strengths: what it does to the model, and what it writes.
import type { SweepMeasures, SweepResult } from '../../shared/engineProtocol.ts';
import { MonosemError } from '../../shared/errors.ts';
import { readAmounts } from '../amounts.ts';
import type { Command } from '../command.ts';
import { editNotes, editOptions, editsOf, editUsage } from '../edits.ts';
import { generationOf, generationOptions, generationUsage } from '../generation.ts';
import { sourceOf, sourceOptions } from '../options.ts';
import { table, visibleToken, type Column } from '../table.ts';

/**
 * With an amount in max, the range in which steering is usually of use (Templeton et al. 2024, "Scaling Monosemanticity":
 * from -10 to 10 times the largest activation).
 */
const usualAmounts = '-10..10/9';

/** Code points of each text in the table. */
const beginning = 48;

export const sweep: Command = {
  usage: `sweep --prompt TEXT [--chat] --edit EDIT … ${editUsage} [--swept 1] [--amounts ${usualAmounts}|A,A,…] ${generationUsage}`,
  summary: 'one edit at several strengths in its own unit: KL, perplexity, repetition and texts',
  notes: [
    ...editNotes,
    'The first edit takes the amounts instead of its own, or the one whose number --swept gives.',
  ],
  options: {
    ...sourceOptions,
    ...generationOptions,
    ...editOptions,
    swept: { type: 'string' },
    amounts: { type: 'string' },
  },
  async run({ engine, args, root, status }) {
    const params = generationOf(args);
    const amounts = readAmounts(args.text('amounts') ?? usualAmounts);
    const source = sourceOf(args, root);
    const edits = await editsOf(args, source);
    if (edits.length === 0) {
      throw new MonosemError(
        'badArgument',
        '--edit is missing: say what to change, for example --edit 123:add=1max; see "monosem help sweep".',
      );
    }
    const swept = args.number('swept', 1, { min: 1, max: edits.length, whole: true }) - 1;
    const result = await engine.sweep(
      { source, ...params, edits, swept, amounts },
      {
        signal: { aborted: false },
        progress: ({ done, of }) => {
          status(`${done} of ${of} steps`);
        },
      },
    );
    return { json: result, text: sweepTable(result) };
  },
};

const columns: readonly Column[] = [
  { title: 'amount', align: 'right' },
  { title: 'KL', align: 'right' },
  { title: 'KL behind prompt', align: 'right' },
  { title: 'perplexity', align: 'right' },
  { title: 'repetition', align: 'right' },
  { title: 'text' },
];

function sweepTable({ baseline, points }: SweepResult): string {
  const rowOf = (
    name: string,
    { continuation, ...measures }: SweepResult['baseline'],
  ): readonly string[] => [name, ...measureCells(measures), beginningOf(continuation.text)];
  const shown = table(columns, [
    rowOf('baseline', baseline),
    ...points.map(({ amount, ...point }) => rowOf(amountText(amount), point)),
  ]);
  return [baseline, ...points].some(lacksMeasure) ? `${shown}\n\n${unmeasured}` : shown;
}

/** Stands for a measure of nothing. */
const none = '–';
const unmeasured = `${none} nothing to measure: KL is that over the baseline's text, perplexity that of the row's own, and repetition needs four tokens.`;

function lacksMeasure({ kl, perplexity, repetition }: SweepMeasures): boolean {
  return [kl, perplexity, repetition].some(Number.isNaN);
}

function measureCells(measures: SweepMeasures): string[] {
  const { kl, klBehindPrompt, perplexity, repetition } = measures;
  return [
    Number.isNaN(kl) ? none : kl.toFixed(3),
    klBehindPrompt.toFixed(3),
    Number.isNaN(perplexity) ? none : perplexity.toPrecision(4),
    Number.isNaN(repetition) ? none : `${(100 * repetition).toFixed(0)}%`,
  ];
}

/** Without the digits that only binary arithmetic has. */
function amountText(amount: number): string {
  return String(Number(amount.toPrecision(6)));
}

function beginningOf(text: string): string {
  if (text === '') return '(ends at once)';
  const shown = Array.from(text);
  const cut = shown.length > beginning ? `${shown.slice(0, beginning).join('')}…` : text;
  return visibleToken(cut).replaceAll('·', ' ').trim();
}
