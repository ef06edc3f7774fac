// Makes models/stories15M from the published checkpoint: fetches and verifies it, writes the ONNX graph, the tokenizer
// and the configuration files, and records their hashes. Every run writes the same bytes.
//
//   node scripts/models/stories15m.ts        (Node 24 or newer)
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { GraphBuilder } from '../../src/engine/onnx/graph/builder.ts';
import { encodeModelProto } from '../../src/engine/onnx/proto/schema.ts';
import { readCheckpoint } from './stories15m/checkpoint.ts';
import { configJson, generationConfigJson, tokenizerConfigJson } from './stories15m/config.ts';
import { emitDecoder } from './stories15m/graph.ts';
import { fetchSource } from './stories15m/source.ts';
import { tokenizerJson } from './stories15m/tokenizer.ts';

const root = join(import.meta.dirname, '..', '..');
const folder = join(root, 'models', 'stories15M');

const source = fetchSource(join(root, '.cache', 'models'));
const checkpoint = readCheckpoint(source.checkpoint);
const builder = new GraphBuilder({ name: 'stories15M' });
emitDecoder(builder, checkpoint);

const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;
const files: Readonly<Record<string, string | Uint8Array>> = {
  'config.json': json(configJson(checkpoint.shape)),
  'generation_config.json': json(generationConfigJson()),
  'onnx/model.onnx': encodeModelProto(builder.build().proto),
  // One line: indentation would double its size.
  'tokenizer.json': `${JSON.stringify(tokenizerJson(source.tokenizer))}\n`,
  'tokenizer_config.json': json(tokenizerConfigJson(checkpoint.shape)),
};
mkdirSync(join(folder, 'onnx'), { recursive: true });
const sums = Object.entries(files).map(([name, content]) => {
  writeFileSync(join(folder, name), content);
  const sha256 = createHash('sha256').update(readFileSync(join(folder, name))).digest('hex');
  return `${sha256}  ${name}\n`;
});
writeFileSync(join(folder, 'SHA256SUMS'), sums.join(''));
console.log(`Wrote ${folder}:\n${sums.join('')}`);
