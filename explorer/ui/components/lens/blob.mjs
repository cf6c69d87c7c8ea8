// The packed blob of a scene: u32 header length, JSON header, then the arrays.

const KINDS = { float32: Float32Array, int32: Int32Array, uint8: Uint8Array };

/** Unpack bytes into {meta, arrays: name -> {shape, values}}. */
export function unpack(bytes) {
  const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
  const { meta, arrays } = JSON.parse(new TextDecoder().decode(bytes.subarray(4, 4 + length)));
  const result = { meta, arrays: {} };
  for (const [name, { dtype, shape, offset, size }] of Object.entries(arrays)) {
    // slice(): a typed array needs its bytes at a multiple of its item's size, and the blob may lie anywhere.
    const raw = bytes.slice(4 + length + offset, 4 + length + offset + size);
    result.arrays[name] = { shape, values: new KINDS[dtype](raw.buffer) };
  }
  return result;
}
