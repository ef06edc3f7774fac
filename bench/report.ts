// The results as a table for people or as JSON for machines, with what is needed to read them later: machine, date,
// versions, and how busy the machine was.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { table } from '../src/cli/table.ts';
import { root } from '../scripts/setup/paths.mjs';
import type { BenchResult, Side } from './result.ts';

export interface Circumstances {
  readonly date: string;
  readonly machine: string;
  readonly memoryGB: number;
  readonly platform: string;
  readonly node: string;
  readonly onnxruntime: string;
  /** Of this repository; undefined outside git. */
  readonly commit: string | undefined;
  /** Load average over the last minute before the first measurement. */
  readonly loadBefore: number;
}

function commit(): string | undefined {
  try {
    return execFileSync('git', ['rev-parse', '--short', 'HEAD'], {
      cwd: root,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
  } catch {
    return undefined;
  }
}

export function circumstances(): Circumstances {
  const manifest = path.join(root, 'node_modules', 'onnxruntime-node', 'package.json');
  const { version } = JSON.parse(readFileSync(manifest, 'utf8')) as { version: string };
  const cpus = os.cpus();
  return {
    date: new Date().toISOString().slice(0, 16).replace('T', ' '),
    machine: `${cpus.length} × ${cpus[0]?.model ?? 'unknown CPU'}`,
    memoryGB: Math.round(os.totalmem() / 2 ** 30),
    platform: `${os.platform()} ${os.arch()}`,
    node: process.version,
    onnxruntime: version,
    commit: commit(),
    loadBefore: os.loadavg()[0] ?? NaN,
  };
}

function number(value: number): string {
  if (value < 0.01) return value === 0 ? '0' : value.toPrecision(2);
  return value.toFixed(value < 0.1 ? 3 : value < 10 ? 2 : 1);
}

function sideText(side: Side | undefined, unit: string): string {
  return side === undefined ? '' : `${number(side.median)} ${unit}`;
}

function aimText({ value, aim }: BenchResult): string {
  return aim === undefined ? '' : `${value <= aim ? '✓' : '✗'} ≤ ${aim}`;
}

export function humanReport(about: Circumstances, results: readonly BenchResult[]): string {
  const columns = [
    { title: 'measurement' },
    { title: 'model' },
    { title: 'Monosem', align: 'right' },
    { title: 'reference', align: 'right' },
    { title: 'ratio', align: 'right' },
    { title: 'quartiles', align: 'right' },
    { title: 'aim', align: 'right' },
  ] as const;
  const rows = results.map((result) => [
    result.name,
    result.model ?? '',
    sideText(result.monosem, result.unit),
    sideText(result.reference, result.unit),
    result.reference === undefined ? '' : number(result.value),
    result.spread.map(number).join(' – '),
    aimText(result),
  ]);
  const where = `${about.machine}, ${about.memoryGB} GB, ${about.platform}, load ${number(about.loadBefore)}`;
  const what = `Node ${about.node}, onnxruntime ${about.onnxruntime}, commit ${about.commit ?? 'none'}, ${about.date} UTC`;
  const sides = results.map(({ name, monosem, reference }) =>
    reference === undefined
      ? `  ${name}: ${monosem.what}`
      : `  ${name}: ${monosem.what} ÷ ${reference.what}`,
  );
  return [where, what, '', table(columns, rows), '', ...new Set(sides)].join('\n');
}
