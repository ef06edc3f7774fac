// Puts the weights of a written decoder into external files, wherever a test wants them.
import { execFileSync } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync, writeFileSync, writeSync } from 'node:fs';
import path from 'node:path';
import {
  decodeModelProto,
  encodeModelProto,
  type GraphProto,
  type ModelProto,
  type StringEntry,
  type TensorProto,
} from '../../../src/engine/onnx/proto/schema.ts';

export interface Place {
  /** Relative to the model's folder, with `/`. */
  readonly location: string;
  readonly offset: number;
  /** Entries beside location, offset and length; one of these names with '' is left out. */
  readonly more?: Readonly<Record<string, string>>;
}

/** Smallest weights that move, in bytes. */
const smallest = 1024;

/** A model like that of `file` in another folder, with the weights at the places `placeOf` says. */
export function writeExternal(
  file: string,
  folder: string,
  placeOf: (tensor: TensorProto, index: number, bytes: number) => Place,
  change: (graph: GraphProto) => GraphProto = (graph) => graph,
): string {
  const model = decodeModelProto(readFileSync(file));
  let index = 0;
  const initializer = (model.graph?.initializer ?? []).map((tensor) => {
    const { rawData } = tensor;
    if (rawData === undefined || rawData.length < smallest) return tensor;
    const place = placeOf(tensor, index++, rawData.length);
    writeAt(path.join(folder, place.location), place.offset, rawData);
    return referenceTo(tensor, place, rawData.length);
  });
  const graph = change({ ...model.graph, initializer });
  return writeModel(path.join(folder, 'model.onnx'), { ...model, graph });
}

export function writeModel(file: string, model: ModelProto): string {
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, encodeModelProto(model));
  return file;
}

/** Bytes at a position; what lies before it stays a hole that costs no disk. */
export function writeAt(file: string, offset: number, bytes: Uint8Array): void {
  mkdirSync(path.dirname(file), { recursive: true });
  closeSync(openSync(file, 'a'));
  // NTFS fills holes with zeros unless it is told not to.
  if (process.platform === 'win32') execFileSync('fsutil', ['sparse', 'setflag', file]);
  const descriptor = openSync(file, 'r+');
  writeSync(descriptor, bytes, 0, bytes.length, offset);
  closeSync(descriptor);
}

export function referenceTo(tensor: TensorProto, place: Place, length: number): TensorProto {
  const { name = '', dims = [], dataType = 0 } = tensor;
  const entries: Record<string, string> = {
    location: place.location,
    offset: String(place.offset),
    length: String(length),
    ...place.more,
  };
  const externalData = Object.entries(entries)
    .filter(([, value]) => value !== '')
    .map(([key, value]): StringEntry => ({ key, value }));
  return { name, dims, dataType, dataLocation: 1, externalData };
}
