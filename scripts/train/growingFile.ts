// Reads a file of fixed-size records from its beginning while another process still appends to it.
import { open } from 'node:fs/promises';
import { setTimeout } from 'node:timers/promises';

const pollMs = 2000;
/** A file that has not grown for so long is taken for complete. */
export const patienceMs = 600_000;

/** Chunks of whole records, each in a buffer of its own, until the file stops growing. */
export async function* readGrowing(
  file: string,
  recordBytes: number,
  { chunkRecords, waitMs }: { readonly chunkRecords: number; readonly waitMs: number },
): AsyncGenerator<ArrayBuffer, void, undefined> {
  const handle = await open(file);
  try {
    const bytes = new Uint8Array(recordBytes * chunkRecords);
    let position = 0;
    let waited = 0;
    for (;;) {
      const { bytesRead } = await handle.read(bytes, 0, bytes.length, position);
      // The end of a record may not have been written yet.
      const whole = bytesRead - (bytesRead % recordBytes);
      position += whole;
      if (whole > 0) {
        waited = 0;
        yield bytes.buffer.slice(0, whole);
      } else {
        if (waited >= waitMs) return;
        await setTimeout(pollMs);
        waited += pollMs;
      }
    }
  } finally {
    await handle.close();
  }
}
