// Tells contents of large files apart without reading all of them: by their sizes and samples from all over them. For
// names of things that are made from weights; two models that differ anywhere differ nearly everywhere.
import { createHash } from 'node:crypto';
import { withByteFile } from './byteFile.ts';

const samples = 64;
const sampleBytes = 4096;

/** The same for equal contents, wherever they lie; 16 hexadecimal digits. @param files in an order that does not change */
export async function fingerprint(files: readonly string[], what: string): Promise<string> {
  const hash = createHash('sha256');
  for (const file of files) {
    await withByteFile(file, what, (bytes) => {
      hash.update(`${bytes.size}\0`);
      const step = Math.max(sampleBytes, bytes.size / samples);
      for (let at = 0; at < bytes.size; at += step) {
        const from = Math.floor(at);
        hash.update(bytes.read(from, Math.min(sampleBytes, bytes.size - from)));
      }
    });
  }
  return hash.digest('hex').slice(0, 16);
}
