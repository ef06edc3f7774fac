// Which files beside an .onnx hold its weights, without reading its nodes: a walk over the initializers by file
// position. For telling whether a download is complete before anything is opened.
import { withByteFile } from '../../files/byteFile.ts';
import { lengthDelimited, WireError, WireReader, type WireField } from '../proto/wire.ts';

/** Field numbers of ModelProto.graph, GraphProto.initializer, TensorProto.external_data and its key and value. */
const field = { graph: 7, initializer: 5, externalData: 13, key: 1, value: 2 } as const;

/**
 * Locations of external data, relative to the file's folder, without repeats. Empty for a file that is no ONNX model:
 * opening it says what it is.
 */
export async function externalDataFiles(file: string): Promise<readonly string[]> {
  return withByteFile(file, 'The ONNX model', (bytes) => {
    const locations = new Set<string>();
    try {
      for (const location of locationsIn(new WireReader(bytes))) locations.add(location);
    } catch (error) {
      if (!(error instanceof WireError)) throw error;
    }
    return [...locations];
  });
}

function* nested(reader: WireReader, parent: WireField, number: number): Generator<WireField> {
  for (const child of reader.fields(parent.from, parent.to)) {
    if (child.number === number && child.type === lengthDelimited) yield child;
  }
}

function* locationsIn(reader: WireReader): Generator<string> {
  const file: WireField = { number: 0, type: lengthDelimited, start: 0, from: 0, to: reader.size };
  for (const graph of nested(reader, file, field.graph)) {
    for (const tensor of nested(reader, graph, field.initializer)) {
      for (const entry of nested(reader, tensor, field.externalData)) {
        const [key] = nested(reader, entry, field.key);
        const [value] = nested(reader, entry, field.value);
        if (key !== undefined && value !== undefined && reader.text(key) === 'location')
          yield reader.text(value);
      }
    }
  }
}
