// SPDX-License-Identifier: MIT
// A WebM file of still pictures, with an index, made of VP8 key frames: what a browser encodes as
// WebP is one. Only as much of Matroska (RFC 9559) as a player needs to find its way.

/** Of 64 bits; longer ones are not needed. */
function uint(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(value));
  return bytes;
}

function float(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleBE(value);
  return bytes;
}

/** An EBML element; the size always takes eight bytes, so that lengths are known beforehand. */
function element(id: number, ...content: Buffer[]): Buffer {
  const body = Buffer.concat(content);
  const name = Buffer.from(id.toString(16), 'hex');
  const size = uint(body.length);
  size[0] = 0x01;
  return Buffer.concat([name, size, body]);
}

/** The VP8 frame of a lossy WebP file: the content of its VP8 chunk. */
export function frameOf(webp: Buffer): Buffer {
  const at = webp.indexOf('VP8 ', 12, 'latin1');
  if (at < 0) throw new Error('no lossy WebP');
  return webp.subarray(at + 8, at + 8 + webp.readUInt32LE(at + 4));
}

/** Each frame is shown for `seconds`. */
export function webmOf(
  frames: readonly Buffer[],
  seconds: number,
  { width, height }: { width: number; height: number },
): Buffer {
  const ms = seconds * 1000;
  const ascii = (text: string): Buffer => Buffer.from(text, 'latin1');
  const head = element(
    0x1a45dfa3,
    ...[element(0x4286, uint(1)), element(0x42f7, uint(1)), element(0x42f2, uint(4))],
    ...[element(0x42f3, uint(8)), element(0x4282, ascii('webm'))],
    ...[element(0x4287, uint(2)), element(0x4285, uint(2))],
  );
  const info = element(
    0x1549a966,
    ...[element(0x2ad7b1, uint(1_000_000)), element(0x4489, float(frames.length * ms))],
    ...[element(0x4d80, ascii('bunserve')), element(0x5741, ascii('bunserve'))],
  );
  const picture = element(0xe0, element(0xb0, uint(width)), element(0xba, uint(height)));
  const track = element(
    0xae,
    ...[element(0xd7, uint(1)), element(0x73c5, uint(1)), element(0x83, uint(1))],
    ...[element(0x86, ascii('V_VP8')), picture],
  );
  const tracks = element(0x1654ae6b, track);
  // Track 1, time 0 within the cluster, a key frame.
  const clusters = frames.map((frame, i) =>
    element(
      0x1f43b675,
      element(0xe7, uint(i * ms)),
      element(0xa3, Buffer.from([0x81, 0, 0, 0x80]), frame),
    ),
  );
  const cuesFor = (start: number): Buffer => {
    let at = start;
    const points = clusters.map((cluster, i) => {
      const place = element(0xb7, element(0xf7, uint(1)), element(0xf1, uint(at)));
      at += cluster.length;
      return element(0xbb, element(0xb3, uint(i * ms)), place);
    });
    return element(0x1c53bb6b, ...points);
  };
  // Positions count from the beginning of the segment's content.
  const before = info.length + tracks.length;
  const cues = cuesFor(before + cuesFor(0).length);
  return Buffer.concat([head, element(0x18538067, info, tracks, cues, ...clusters)]);
}
